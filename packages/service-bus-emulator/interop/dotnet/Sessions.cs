// The operations on a queue with sessions; `plain` is one without.
using Azure.Messaging.ServiceBus;
using static Check;

static class Sessions
{
    public static IEnumerable<(string, Func<Task>)> Operations(ServiceBusClient client, string queue, string plain)
    {
        var sender = client.CreateSender(queue);
        Task Send(params string[] texts) => sender.SendMessagesAsync(texts.Select(text => new ServiceBusMessage(text) { SessionId = text[..1] }));

        yield return ("a session by name", async () =>
        {
            await Send("a1", "b1", "a2");
            await using var receiver = await client.AcceptSessionAsync(queue, "a");
            Equal("a", receiver.SessionId);
            True(receiver.SessionLockedUntil > DateTimeOffset.UtcNow.AddSeconds(5), "the lock is over");
            await Refused(() => client.AcceptSessionAsync(queue, "a"), ServiceBusFailureReason.SessionCannotBeLocked, "");
            Equal("a1a2", Texts(await Take(receiver, 2)));
            await using var other = await client.AcceptSessionAsync(queue, "b");
            Equal("b1", Texts(await Take(other, 1)));
        });

        yield return ("the next session", async () =>
        {
            var waiting = client.AcceptNextSessionAsync(queue);
            await Task.Delay(100);
            await Send("a1", "b1");
            await using var first = await waiting;
            await using var second = await client.AcceptNextSessionAsync(queue);
            Equal("ab", first.SessionId + second.SessionId);
            Equal("a1b1", Texts(await Take(first, 1)) + Texts(await Take(second, 1)));
            var hasty = new ServiceBusRetryOptions { TryTimeout = TimeSpan.FromSeconds(1), MaxRetries = 0 };
            await using var its = new ServiceBusClient(Environment.GetEnvironmentVariable("CONNECTION_STRING"), new ServiceBusClientOptions { RetryOptions = hasty });
            await Refused(() => its.AcceptNextSessionAsync(queue), ServiceBusFailureReason.ServiceTimeout, "");
        });

        yield return ("renew a session, and lose it", async () =>
        {
            await Send("a1");
            await using var receiver = await client.AcceptSessionAsync(queue, "a");
            var before = receiver.SessionLockedUntil;
            await Task.Delay(20);
            await receiver.RenewSessionLockAsync();
            True(receiver.SessionLockedUntil > before, "the lock is no longer than before");
            var message = await One(receiver);
            // This client says that the session's lock is lost, or, once its link has gone, that its receiver is closed.
            await Until(() => receiver.SessionLockedUntil.AddSeconds(0.5) < DateTimeOffset.UtcNow, () => "its end");
            await Refused(() => receiver.CompleteMessageAsync(message), null, "");
            True(receiver.IsClosed, "it is not closed");
            await using var next = await client.AcceptNextSessionAsync(queue);
            var again = await One(next);
            Equal(2, again.DeliveryCount);
            await next.CompleteMessageAsync(again);
        });

        yield return ("session state", async () =>
        {
            await using (var receiver = await client.AcceptSessionAsync(queue, "s"))
            {
                Equal(null, await receiver.GetSessionStateAsync());
                await receiver.SetSessionStateAsync(new BinaryData("half"));
            }
            await using var next = await client.AcceptSessionAsync(queue, "s");
            Equal("half", (await next.GetSessionStateAsync()).ToString());
            await next.SetSessionStateAsync(null);
            Equal(null, await next.GetSessionStateAsync());
        });

        yield return ("peek, abandon, defer and dead-letter in a session", async () =>
        {
            await Send("a1", "b1", "a2", "a3");
            await using (var receiver = await client.AcceptSessionAsync(queue, "a"))
            {
                Equal("a1a2a3", Texts(await receiver.PeekMessagesAsync(10)));
                await receiver.AbandonMessageAsync(await One(receiver));
                var deferred = await One(receiver);
                Equal("a1", deferred.Body.ToString());
                await receiver.DeferMessageAsync(deferred);
                await receiver.DeadLetterMessageAsync(await One(receiver), "reason");
                Equal("a3", Texts(await Take(receiver, 1)));
                await receiver.CompleteMessageAsync(await receiver.ReceiveDeferredMessageAsync(deferred.SequenceNumber));
            }
            await using var dead = client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
            var found = await One(dead);
            Equal("a2 a reason", $"{found.Body} {found.SessionId} {found.DeadLetterReason}");
            await dead.CompleteMessageAsync(found);
            await using var other = await client.AcceptNextSessionAsync(queue);
            Equal("b1", Texts(await Take(other, 1)));
        });

        yield return ("schedule into a session", async () =>
        {
            await using var receiver = await client.AcceptSessionAsync(queue, "a");
            await sender.ScheduleMessageAsync(new ServiceBusMessage("a2") { SessionId = "a" }, DateTimeOffset.UtcNow.AddSeconds(1));
            await Send("a1");
            Equal("a1a2", Texts(await Take(receiver, 2)));
        });

        yield return ("session processor", async () =>
        {
            const int sessions = 20, each = 10;
            var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, List<int>>();
            var errors = new System.Collections.Concurrent.ConcurrentBag<Exception>();
            for (var i = 0; i < each; i++)
                await sender.SendMessagesAsync(Enumerable.Range(0, sessions).Select(s => new ServiceBusMessage($"{i}") { SessionId = $"s{s}" }));
            var options = new ServiceBusSessionProcessorOptions { MaxConcurrentSessions = 4, SessionIdleTimeout = TimeSpan.FromMilliseconds(300), PrefetchCount = 5 };
            await using (var processor = client.CreateSessionProcessor(queue, options))
            {
                processor.ProcessMessageAsync += args =>
                {
                    seen.GetOrAdd(args.SessionId, _ => []).Add(int.Parse(args.Message.Body.ToString()));
                    return Task.CompletedTask;
                };
                processor.ProcessErrorAsync += args => { errors.Add(args.Exception); return Task.CompletedTask; };
                await processor.StartProcessingAsync();
                await Until(() => seen.Count == sessions && seen.Values.All(s => s.Count >= each), () => $"{seen.Count} sessions");
                await processor.StopProcessingAsync();
            }
            if (!errors.IsEmpty) throw errors.First();
            foreach (var order in seen.Values) Equal(string.Join(' ', Enumerable.Range(0, each)), string.Join(' ', order));
        });

        yield return ("sessions are refused where there are none, and needed where there are", async () =>
        {
            await Refused(() => client.AcceptSessionAsync(plain, "s"), null, "does not require sessions");
            await Refused(() => client.CreateReceiver(queue).ReceiveMessageAsync(), null, "non-sessionful");
            await Refused(() => sender.SendMessageAsync(new ServiceBusMessage("x")), null, "SessionId was not set");
        });
    }

    static string Texts(IEnumerable<ServiceBusReceivedMessage> messages) => string.Concat(messages.Select(m => m.Body.ToString()));
}
