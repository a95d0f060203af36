package io.foursight.integration;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.opentelemetry.proto.common.v1.CommonProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// A gRPC client of `tempopb.StreamingQuerier` with the messages of its public definition. Shares
/// no code with the server. Unknown fields of an answer fail, as nobody but us would send them.
final class Tempopb implements AutoCloseable {
  /// `Message field:number:type ...`; `*` before a type is `repeated`, a capital begins a message.
  private static final String DEFINITION =
      """
      StringEntry key:1:string value:2:string
      SearchRequest Tags:1:*StringEntry MinDurationMs:2:uint32 MaxDurationMs:3:uint32 \
      Limit:4:uint32 start:5:uint32 end:6:uint32 Query:8:string SpansPerSpanSet:9:uint32
      SearchResponse traces:1:*TraceSearchMetadata metrics:2:SearchMetrics
      TraceSearchMetadata traceID:1:string rootServiceName:2:string rootTraceName:3:string \
      startTimeUnixNano:4:uint64 durationMs:5:uint32 spanSet:6:SpanSet spanSets:7:*SpanSet \
      serviceStats:8:*ServiceEntry
      ServiceEntry key:1:string value:2:ServiceStats
      ServiceStats spanCount:1:uint32 errorCount:2:uint32
      SpanSet spans:1:*Span matched:2:uint32 attributes:3:*KeyValue
      Span spanID:1:string name:2:string startTimeUnixNano:3:uint64 durationNanos:4:uint64 \
      attributes:5:*KeyValue
      SearchMetrics inspectedTraces:1:uint32 inspectedBytes:2:uint64 totalBlocks:3:uint32 \
      completedJobs:4:uint32 totalJobs:5:uint32 totalBlockBytes:6:uint64 inspectedSpans:7:uint64
      MetadataMetrics inspectedBytes:1:uint64 totalJobs:2:uint32 completedJobs:3:uint32 \
      totalBlocks:4:uint32 totalBlockBytes:5:uint64
      SearchTagsRequest scope:1:string query:2:string start:3:uint32 end:4:uint32 \
      maxTagsPerScope:5:uint32
      SearchTagsResponse tagNames:1:*string metrics:2:MetadataMetrics
      SearchTagsV2Response scopes:1:*SearchTagsV2Scope metrics:2:MetadataMetrics
      SearchTagsV2Scope name:1:string tags:2:*string
      SearchTagValuesRequest tagName:1:string query:2:string start:4:uint32 end:5:uint32 \
      maxTagValues:6:uint32
      SearchTagValuesResponse tagValues:1:*string metrics:2:MetadataMetrics
      SearchTagValuesV2Response tagValues:1:*TagValue metrics:2:MetadataMetrics
      TagValue type:1:string value:2:string
      QueryRangeRequest query:1:string start:2:uint64 end:3:uint64 step:4:uint64 \
      exemplars:16:uint32 maxSeries:17:uint32 instant:18:bool
      QueryRangeResponse series:1:*TimeSeries metrics:2:SearchMetrics status:3:int32 \
      message:4:string
      TimeSeries labels:1:*KeyValue samples:2:*Sample exemplars:4:*Exemplar
      Sample value:1:double timestamp_ms:2:int64
      Exemplar labels:1:*KeyValue value:2:double timestamp_ms:3:int64
      QueryInstantRequest query:1:string start:2:uint64 end:3:uint64
      QueryInstantResponse series:1:*InstantSeries metrics:2:SearchMetrics status:3:int32 \
      message:4:string
      InstantSeries labels:1:*KeyValue value:2:double
      """;

  private final FileDescriptor file = file();
  private final ManagedChannel channel;

  Tempopb(int port) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  private static FileDescriptor file() {
    var file = FileDescriptorProto.newBuilder().setName("tempo.proto").setPackage("tempopb");
    file.setSyntax("proto3").addDependency(CommonProto.getDescriptor().getName());
    for (String line : DEFINITION.lines().toList()) {
      String[] words = line.split(" +");
      var message = DescriptorProto.newBuilder().setName(words[0]);
      for (int i = 1; i < words.length; i++) {
        message.addField(field(words[i].split(":")));
      }
      file.addMessageType(message);
    }
    try {
      return FileDescriptor.buildFrom(
          file.build(), new FileDescriptor[] {CommonProto.getDescriptor()});
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FieldDescriptorProto.Builder field(String[] parts) {
    boolean repeated = parts[2].startsWith("*");
    String type = repeated ? parts[2].substring(1) : parts[2];
    var field =
        FieldDescriptorProto.newBuilder()
            .setName(parts[0])
            .setNumber(Integer.parseInt(parts[1]))
            .setLabel(
                repeated
                    ? FieldDescriptorProto.Label.LABEL_REPEATED
                    : FieldDescriptorProto.Label.LABEL_OPTIONAL);
    if (!Character.isUpperCase(type.charAt(0))) {
      return field.setType(
          FieldDescriptorProto.Type.valueOf("TYPE_" + type.toUpperCase(Locale.ROOT)));
    }
    String scope = type.equals("KeyValue") ? ".opentelemetry.proto.common.v1." : ".tempopb.";
    return field.setType(FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName(scope + type);
  }

  /// A request; values by the names of their fields.
  DynamicMessage message(String type, Object... fields) {
    Descriptor descriptor = file.findMessageTypeByName(type);
    var message = DynamicMessage.newBuilder(descriptor);
    for (int i = 0; i < fields.length; i += 2) {
      message.setField(descriptor.findFieldByName((String) fields[i]), fields[i + 1]);
    }
    return message.build();
  }

  /// All messages that a method streams.
  List<DynamicMessage> call(String method, DynamicMessage request, String answer) {
    Descriptor type = file.findMessageTypeByName(answer);
    var descriptor =
        MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
            .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
            .setFullMethodName("tempopb.StreamingQuerier/" + method)
            .setRequestMarshaller(
                ProtoUtils.marshaller(
                    DynamicMessage.getDefaultInstance(request.getDescriptorForType())))
            .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(type)))
            .build();
    var answers = new ArrayList<DynamicMessage>();
    ClientCalls.blockingServerStreamingCall(
            channel,
            descriptor,
            CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS),
            request)
        .forEachRemaining(answers::add);
    answers.forEach(Tempopb::noUnknownFields);
    return answers;
  }

  private static void noUnknownFields(DynamicMessage message) {
    if (!message.getUnknownFields().asMap().isEmpty()) {
      throw new AssertionError("unknown fields in " + message);
    }
    for (Object value : message.getAllFields().values()) {
      for (Object one : value instanceof List<?> list ? list : List.of(value)) {
        if (one instanceof DynamicMessage inner) {
          noUnknownFields(inner);
        }
      }
    }
  }

  /// A field of a message, through messages inside it: `metrics.totalJobs`.
  static Object get(DynamicMessage message, String path) {
    int dot = path.indexOf('.');
    String name = dot < 0 ? path : path.substring(0, dot);
    FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
    Object value = message.getField(field);
    return dot < 0 ? value : get((DynamicMessage) value, path.substring(dot + 1));
  }

  /// The elements of a repeated message.
  static List<DynamicMessage> all(DynamicMessage message, String name) {
    return ((List<?>) get(message, name)).stream().map(DynamicMessage.class::cast).toList();
  }

  ManagedChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
