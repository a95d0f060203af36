package io.foursight.runtime.server;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.stream.SubscriptionOption;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// Receives the body of a request up to a bound. What comes beyond it is let go by before anybody
/// answers, within bounds of its own: a client that writes its whole request before it reads sees
/// the answer then, and not the reset that HTTP/2 ends an unfinished stream with (or a closed
/// connection). Everything runs on the event loop of the request.
final class RequestBody implements Subscriber<HttpObject> {
  private static final long MAX_IGNORED_BYTES = 64L << 20;
  private static final long MAX_IGNORED_MILLIS = 5000;

  /// What became of the body; one of them is called, once.
  interface Receiver {
    void received(byte[] body);

    /// @param bytes at least as many were sent
    void tooLarge(long bytes);

    /// The client is gone.
    void failed(Throwable cause);
  }

  private final ServiceRequestContext context;
  private final long maxBytes;
  private final Receiver receiver;
  private final List<HttpData> parts = new ArrayList<>();
  private Subscription subscription;
  private long bytes;
  private boolean ignoring;
  private boolean done;

  private RequestBody(ServiceRequestContext context, long maxBytes, Receiver receiver) {
    this.context = context;
    this.maxBytes = maxBytes;
    this.receiver = receiver;
  }

  static void receive(
      ServiceRequestContext context, HttpRequest request, long maxBytes, Receiver receiver) {
    var body = new RequestBody(context, maxBytes, receiver);
    request.subscribe(body, context.eventLoop(), SubscriptionOption.WITH_POOLED_OBJECTS);
  }

  /// Lets a body go by that nobody wants, then answers.
  static void ignore(ServiceRequestContext context, HttpRequest request, Runnable answer) {
    receive(
        context,
        request,
        -1,
        new Receiver() {
          @Override
          public void received(byte[] body) {
            answer.run();
          }

          @Override
          public void tooLarge(long bytes) {
            answer.run();
          }

          @Override
          public void failed(Throwable cause) {
            answer.run();
          }
        });
  }

  @Override
  public void onSubscribe(Subscription s) {
    subscription = s;
    if (maxBytes < 0) {
      startIgnoring();
    }
    s.request(Long.MAX_VALUE);
  }

  private void startIgnoring() {
    ignoring = true;
    parts.forEach(HttpData::close);
    parts.clear();
    var unused =
        context.eventLoop().schedule(this::giveUp, MAX_IGNORED_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// The answer is on its way before the stream is reset.
  private void giveUp() {
    if (!done) {
      done = true;
      receiver.tooLarge(bytes);
      subscription.cancel();
    }
  }

  @Override
  public void onNext(HttpObject object) {
    if (!(object instanceof HttpData data)) {
      return;
    }
    bytes += data.length();
    if (done || ignoring) {
      data.close();
      if (bytes > maxBytes + MAX_IGNORED_BYTES) {
        giveUp();
      }
      return;
    }
    parts.add(data);
    if (bytes > maxBytes) {
      startIgnoring();
    }
  }

  @Override
  public void onComplete() {
    if (done) {
      return;
    }
    done = true;
    if (ignoring) {
      receiver.tooLarge(bytes);
      return;
    }
    var whole = new byte[(int) bytes];
    int at = 0;
    for (HttpData part : parts) {
      part.byteBuf().getBytes(part.byteBuf().readerIndex(), whole, at, part.length());
      at += part.length();
      part.close();
    }
    parts.clear();
    receiver.received(whole);
  }

  @Override
  public void onError(Throwable cause) {
    parts.forEach(HttpData::close);
    parts.clear();
    if (!done) {
      done = true;
      receiver.failed(cause);
    }
  }
}
