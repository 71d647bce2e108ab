// The operations of the interop run with Azure.Messaging.ServiceBus, the client that the Functions host's extension uses.
// One line of JSON on the standard output for each; see ../README.md.
using System.Diagnostics;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using static Check;

var connectionString = Environment.GetEnvironmentVariable("CONNECTION_STRING")!;
var queue = Environment.GetEnvironmentVariable("QUEUE")!;
var idle = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("IDLE_SECONDS")!));
var options = new ServiceBusClientOptions
{
    RetryOptions = new ServiceBusRetryOptions { TryTimeout = TimeSpan.FromSeconds(10), Delay = TimeSpan.FromMilliseconds(200), MaxRetries = 5 },
};

// Nobody uses it for a while, beside everything else, and then it is used.
var idling = Task.Run(async () =>
{
    await using var quiet = new ServiceBusClient(connectionString, options);
    await using var quietSender = quiet.CreateSender(queue + "-idle");
    await using var quietReceiver = quiet.CreateReceiver(queue + "-idle");
    await quietSender.SendMessageAsync(new ServiceBusMessage("before"));
    await quietReceiver.CompleteMessageAsync(await One(quietReceiver));
    await Task.Delay(idle);
    await quietSender.SendMessageAsync(new ServiceBusMessage("after"));
    Equal("after", (await One(quietReceiver)).Body.ToString());
});

await using var client = new ServiceBusClient(connectionString, options);
await using var sender = client.CreateSender(queue);
await using var receiver = client.CreateReceiver(queue);

await Operation("connect", async () => { using var batch = await sender.CreateMessageBatchAsync(); Equal(262_144L, batch.MaxSizeInBytes); });

await Operation("send and receive", async () =>
{
    await sender.SendMessageAsync(new ServiceBusMessage("hello") { MessageId = "one" });
    var message = await One(receiver);
    Equal("hello", message.Body.ToString());
    Equal("one", message.MessageId);
    Equal(1, message.DeliveryCount);
    True(message.LockedUntil > DateTimeOffset.UtcNow, "the lock is over");
    await receiver.CompleteMessageAsync(message);
});

await Operation("send a batch", async () =>
{
    using (var batch = await sender.CreateMessageBatchAsync())
    {
        for (var i = 0; i < 10; i++) True(batch.TryAddMessage(new ServiceBusMessage($"{i}")), "does not fit");
        await sender.SendMessagesAsync(batch);
    }
    Equal("0123456789", string.Concat((await Take(receiver, 10)).Select(m => m.Body.ToString())));
});

await Operation("all properties and bodies", async () =>
{
    var sent = new ServiceBusMessage(BinaryData.FromBytes(new byte[] { 0, 1, 255 }))
    {
        MessageId = "id", CorrelationId = "correlation", ContentType = "text/plain", Subject = "subject", To = "to",
        ReplyTo = "reply", ReplyToSessionId = "reply-session", PartitionKey = "key", TimeToLive = TimeSpan.FromMinutes(5),
    };
    var id = Guid.NewGuid();
    var now = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    var properties = new Dictionary<string, object>
    {
        ["string"] = "text", ["int"] = 7, ["long"] = 1L << 60, ["double"] = 1.5, ["decimal"] = 1.25m, ["bool"] = true,
        ["guid"] = id, ["date"] = now.UtcDateTime, ["offset"] = now, ["span"] = TimeSpan.FromSeconds(5), ["uri"] = new Uri("https://example.com/"),
        ["char"] = 'x', ["byte"] = (byte)3, ["short"] = (short)-3, ["float"] = 2.5f,
    };
    foreach (var (name, value) in properties) sent.ApplicationProperties[name] = value;
    await sender.SendMessageAsync(sent);
    var message = await One(receiver);
    Equal("0,1,255", string.Join(',', message.Body.ToArray()));
    Equal("id correlation text/plain subject to reply reply-session key", string.Join(' ', message.MessageId, message.CorrelationId,
        message.ContentType, message.Subject, message.To, message.ReplyTo, message.ReplyToSessionId, message.PartitionKey));
    Equal(TimeSpan.FromMinutes(5), message.TimeToLive);
    foreach (var (name, value) in properties)
    {
        Equal(value, message.ApplicationProperties[name]);
    }
    await receiver.CompleteMessageAsync(message);

    var amqp = new ServiceBusMessage();
    amqp.GetRawAmqpMessage().Body = Azure.Core.Amqp.AmqpMessageBody.FromValue(42L);
    await sender.SendMessageAsync(amqp);
    var value42 = await One(receiver);
    True(value42.GetRawAmqpMessage().Body.TryGetValue(out var read) && Equals(read, 42L), "the value body is another");
    await receiver.CompleteMessageAsync(value42);
    amqp = new ServiceBusMessage();
    amqp.GetRawAmqpMessage().Body = Azure.Core.Amqp.AmqpMessageBody.FromSequence([[1, "two"]]);
    await sender.SendMessageAsync(amqp);
    var sequence = await One(receiver);
    True(sequence.GetRawAmqpMessage().Body.TryGetSequence(out var items) && items!.Single().Count == 2, "the sequence body is another");
    await receiver.CompleteMessageAsync(sequence);
});

await Operation("abandon until dead-lettered", async () =>
{
    await sender.SendMessageAsync(new ServiceBusMessage("poison"));
    var counts = new List<int>();
    for (var i = 0; i < 3; i++)
    {
        var message = await One(receiver);
        counts.Add(message.DeliveryCount);
        await receiver.AbandonMessageAsync(message, new Dictionary<string, object> { ["attempt"] = (long)i });
    }
    Equal("1,2,3", string.Join(',', counts));
    await using var dead = client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
    var found = await One(dead);
    Equal("MaxDeliveryCountExceeded", found.DeadLetterReason);
    Equal(2L, found.ApplicationProperties["attempt"]);
    await dead.CompleteMessageAsync(found);
});

await Operation("dead-letter with a reason", async () =>
{
    await sender.SendMessageAsync(new ServiceBusMessage("bad"));
    await receiver.DeadLetterMessageAsync(await One(receiver), "reason", "description");
    await using var dead = client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
    var found = await One(dead);
    Equal("reason description", $"{found.DeadLetterReason} {found.DeadLetterErrorDescription}");
    await dead.CompleteMessageAsync(found);
});

await Operation("complete, then close at once", async () =>
{
    await sender.SendMessageAsync(new ServiceBusMessage("last"));
    await using (var shortLived = new ServiceBusClient(connectionString, options))
    await using (var its = shortLived.CreateReceiver(queue))
    {
        await its.CompleteMessageAsync(await One(its));
    }
    await Empty();
});

await Operation("renew a lock", async () =>
{
    await sender.SendMessageAsync(new ServiceBusMessage("long"));
    var message = await One(receiver);
    var before = message.LockedUntil;
    await Task.Delay(20);
    await receiver.RenewMessageLockAsync(message);
    True(message.LockedUntil > before, "the lock is no longer than before");
    await receiver.CompleteMessageAsync(message);
});

await Operation("peek", async () =>
{
    await sender.SendMessagesAsync([new ServiceBusMessage("a"), new ServiceBusMessage("b")]);
    var peeked = await receiver.PeekMessagesAsync(10);
    Equal("ab", string.Concat(peeked.Select(m => m.Body.ToString())));
    Equal("ab", string.Concat((await Take(receiver, 2)).Select(m => m.Body.ToString())));
});

await Operation("schedule and cancel", async () =>
{
    var later = DateTimeOffset.UtcNow.AddSeconds(2);
    var kept = await sender.ScheduleMessageAsync(new ServiceBusMessage("kept"), later);
    var cancelled = await sender.ScheduleMessageAsync(new ServiceBusMessage("cancelled"), later);
    True(kept != cancelled, "two have one number");
    await sender.CancelScheduledMessageAsync(cancelled);
    Equal("kept", (await Take(receiver, 1)).Single().Body.ToString());
    True(DateTimeOffset.UtcNow >= later, "it came too early");
    await Empty();
});

await Operation("defer and receive by number", async () =>
{
    await sender.SendMessagesAsync([new ServiceBusMessage("x"), new ServiceBusMessage("y")]);
    foreach (var message in await receiver.ReceiveMessagesAsync(2, patience)) await receiver.DeferMessageAsync(message);
    await Empty();
    var peeked = await receiver.PeekMessagesAsync(10, 1);
    True(peeked.All(m => m.State == ServiceBusMessageState.Deferred), "the state is another");
    var deferred = await receiver.ReceiveDeferredMessagesAsync(peeked.Select(m => m.SequenceNumber));
    await receiver.RenewMessageLockAsync(deferred[0]);
    await receiver.CompleteMessageAsync(deferred[0]);
    await receiver.DeadLetterMessageAsync(deferred[1]);
    await using var dead = client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter, ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
    Equal("y", (await One(dead)).Body.ToString());
});

await Operation("receive and delete", async () =>
{
    await sender.SendMessagesAsync([new ServiceBusMessage("1"), new ServiceBusMessage("2")]);
    await using (var greedy = client.CreateReceiver(queue, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete }))
    {
        Equal("12", string.Concat((await ReceiveAll(greedy, 2)).Select(m => m.Body.ToString())));
    }
    await Empty();
});

await Operation("prefetch", async () =>
{
    await sender.SendMessagesAsync(Enumerable.Range(0, 50).Select(i => new ServiceBusMessage($"{i}")));
    await using (var eager = client.CreateReceiver(queue, new ServiceBusReceiverOptions { PrefetchCount = 20 }))
    {
        // This client asks for more once it has settled.
        var all = await Take(eager, 50);
        Equal(50, all.Select(m => m.Body.ToString()).Distinct().Count());
    }
    await Empty();
});

foreach (var prefetch in new[] { 0, 20 })
{
    await Operation($"processor, prefetch {prefetch}", async () =>
    {
        const int count = 200;
        var bodies = new System.Collections.Concurrent.ConcurrentBag<string>();
        var errors = new System.Collections.Concurrent.ConcurrentBag<Exception>();
        await using (var processor = client.CreateProcessor(queue, new ServiceBusProcessorOptions { PrefetchCount = prefetch, MaxConcurrentCalls = 8 }))
        {
            processor.ProcessMessageAsync += args => { bodies.Add(args.Message.Body.ToString()); return Task.CompletedTask; };
            processor.ProcessErrorAsync += args => { errors.Add(args.Exception); return Task.CompletedTask; };
            await processor.StartProcessingAsync();
            await sender.SendMessagesAsync(Enumerable.Range(0, count).Select(i => new ServiceBusMessage($"{i}")));
            await Until(() => bodies.Count >= count, () => $"{bodies.Count} of {count}");
            await processor.StopProcessingAsync();
        }
        if (!errors.IsEmpty) throw errors.First();
        Equal(count, bodies.Distinct().Count());
        Equal(count, bodies.Count);
        await Empty();
    });
}

await Operation("200 KB pass, 300 KB are refused", async () =>
{
    await sender.SendMessageAsync(new ServiceBusMessage(new string('x', 200_000)));
    Equal(200_000, (await Take(receiver, 1)).Single().Body.ToString().Length);
    await Refused(() => sender.SendMessageAsync(new ServiceBusMessage(new string('x', 300_000))), ServiceBusFailureReason.MessageSizeExceeded, "");
});

await Operation("1,000 messages", async () =>
{
    for (var i = 0; i < 10; i++) await sender.SendMessagesAsync(Enumerable.Range(0, 100).Select(j => new ServiceBusMessage($"{i} {j}")));
    var all = await ReceiveAll(receiver, 1000);
    await Task.WhenAll(all.Select(m => receiver.CompleteMessageAsync(m)));
    Equal(1000, all.Select(m => m.Body.ToString()).Distinct().Count());
    await Empty();
});

await Operation("AMQP over WebSockets", async () =>
{
    await using var web = new ServiceBusClient(connectionString, new ServiceBusClientOptions { TransportType = ServiceBusTransportType.AmqpWebSockets, RetryOptions = options.RetryOptions });
    await web.CreateSender(queue).SendMessageAsync(new ServiceBusMessage("web"));
    var its = web.CreateReceiver(queue);
    var message = await One(its);
    Equal("web", message.Body.ToString());
    await its.CompleteMessageAsync(message);
});

await Operation("a queue that is not there", () => Refused(
    () => client.CreateSender("nowhere").SendMessageAsync(new ServiceBusMessage("x")), ServiceBusFailureReason.MessagingEntityNotFound, "nowhere"));

await Operation("transactions", () => Transactions.SendAndComplete(client, queue));
await Operation("transactions with session state", () => Transactions.CompleteAndSetState(client, queue + "-sessions"));
await Operation("transactions across entities", () => Transactions.AcrossEntities(connectionString, options, queue, queue + "-idle"));
foreach (var (name, operation) in Sessions.Operations(client, queue + "-sessions", queue)) await Operation(name, operation);

foreach (var (name, operation) in Topics.Operations(client, queue)) await Operation(name, operation);
foreach (var (name, operation) in Administration.Operations(connectionString, client, queue)) await Operation(name, operation);

await Operation("idle, then used", () => idling);

await Operation("the emulator starts anew", async () =>
{
    var bodies = new System.Collections.Concurrent.ConcurrentBag<string>();
    await using var processor = client.CreateProcessor(queue);
    processor.ProcessMessageAsync += args => { bodies.Add(args.Message.Body.ToString()); return Task.CompletedTask; };
    processor.ProcessErrorAsync += _ => Task.CompletedTask;
    await processor.StartProcessingAsync();
    await sender.SendMessageAsync(new ServiceBusMessage("before"));
    await Until(() => bodies.Contains("before"), () => "before");
    Console.WriteLine("""{"ask":"restart"}""");
    Console.ReadLine();
    await sender.SendMessageAsync(new ServiceBusMessage("after"));
    await Until(() => bodies.Contains("after"), () => "after");
    await processor.StopProcessingAsync();
});

async Task Operation(string name, Func<Task> operation)
{
    var watch = Stopwatch.StartNew();
    string? error = null;
    try
    {
        await operation();
    }
    catch (Exception failure)
    {
        error = $"{failure.GetType().Name}: {failure.Message}".Split('\n')[0];
        // So that what is left over does not fail the next one too.
        await using var sweeper = client.CreateReceiver(queue, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
        try { while ((await sweeper.ReceiveMessagesAsync(100, TimeSpan.FromMilliseconds(300))).Count > 0) { } } catch (ServiceBusException) { }
    }
    Console.WriteLine(JsonSerializer.Serialize(new { operation = name, error, ms = watch.ElapsedMilliseconds }));
}

async Task Empty()
{
    var left = await receiver.ReceiveMessagesAsync(1, TimeSpan.FromMilliseconds(300));
    if (left.Count > 0) throw new Exception($"'{left[0].Body}' is still there");
    // A message that is locked is not seen by who receives.
    await using var looker = client.CreateReceiver(queue);
    var locked = (await looker.PeekMessagesAsync(10)).Where(m => m.State == ServiceBusMessageState.Active).ToList();
    if (locked.Count > 0) throw new Exception($"'{locked[0].Body}' is still locked");
}
