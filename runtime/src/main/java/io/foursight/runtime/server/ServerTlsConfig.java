package io.foursight.runtime.server;

import io.foursight.config.Setting;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.util.Locale;
import javax.net.ssl.SSLException;

/// Encryption of a kind of door, sections `server.http_tls_config` and `server.grpc_tls_config`.
public record ServerTlsConfig(
    @Setting("Certificate chain that the doors show, a PEM file; empty = not encrypted.")
        String certFile,
    @Setting("Key of that certificate, a PEM file (PKCS#8).") String keyFile,
    @Setting(
            "Whether callers must show a certificate: NoClientCert, RequestClientCert,"
                + " RequireAnyClientCert, VerifyClientCertIfGiven or RequireAndVerifyClientCert."
                + " Whatever is shown is verified. Empty = NoClientCert, or"
                + " RequireAndVerifyClientCert when there is a client_ca_file.")
        String clientAuthType,
    @Setting("Authorities of callers' certificates, a PEM file.") String clientCaFile) {

  public ServerTlsConfig {
    if (certFile.isEmpty() != keyFile.isEmpty()) {
      throw FoursightException.badData("cert_file and key_file need each other");
    }
    if (certFile.isEmpty() && !(clientAuthType.isEmpty() && clientCaFile.isEmpty())) {
      throw FoursightException.badData(
          "client_auth_type and client_ca_file need a cert_file: without it nothing is encrypted");
    }
    if (auth(clientAuthType, clientCaFile) != ClientAuth.NONE && clientCaFile.isEmpty()) {
      throw FoursightException.badData(
          "client_auth_type " + clientAuthType + " needs client_ca_file");
    }
  }

  public static ServerTlsConfig off() {
    return new ServerTlsConfig("", "", "", "");
  }

  boolean isOn() {
    return !certFile.isEmpty();
  }

  private static ClientAuth auth(String type, String ca) {
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "" -> ca.isEmpty() ? ClientAuth.NONE : ClientAuth.REQUIRE;
      case "noclientcert" -> ClientAuth.NONE;
      case "requestclientcert", "verifyclientcertifgiven" -> ClientAuth.OPTIONAL;
      case "requireanyclientcert", "requireandverifyclientcert" -> ClientAuth.REQUIRE;
      default ->
          throw FoursightException.badData(
              "client_auth_type \""
                  + type
                  + "\" is none of NoClientCert, RequestClientCert, RequireAnyClientCert,"
                  + " VerifyClientCertIfGiven and RequireAndVerifyClientCert");
    };
  }

  /// @param section names the settings in messages
  /// @throws FoursightException `BAD_DATA` naming the section when a file is of no use
  void check(String section) {
    SslContext unused = forGrpc(section);
  }

  /// As [#check].
  SslContext forGrpc(String section) {
    try {
      SslContextBuilder ssl = SslContextBuilder.forServer(new File(certFile), new File(keyFile));
      customize(ssl);
      return GrpcSslContexts.configure(ssl).build();
    } catch (SSLException | IllegalArgumentException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new FoursightException(
          ErrorKind.BAD_DATA,
          "server." + section + ": the TLS files do not work: " + cause.getMessage(),
          e);
    }
  }

  /// What callers must show.
  void customize(SslContextBuilder ssl) {
    ClientAuth auth = auth(clientAuthType, clientCaFile);
    if (auth != ClientAuth.NONE) {
      ssl.trustManager(new File(clientCaFile)).clientAuth(auth);
    }
  }
}
