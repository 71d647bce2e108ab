// The operations on topics and their rules, and on entities that forward to `queue`.
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using static Check;

static class Topics
{
    public static IEnumerable<(string, Func<Task>)> Operations(ServiceBusClient client, string queue)
    {
        var topic = queue + "-topic";
        var sender = client.CreateSender(topic);
        ServiceBusReceiver Receiver(string subscription, SubQueue subQueue = SubQueue.None) =>
            client.CreateReceiver(topic, subscription, new ServiceBusReceiverOptions { SubQueue = subQueue });
        async Task<string> Bodies(string subscription, int count) =>
            string.Concat((await Take(Receiver(subscription), count)).Select(m => m.Body.ToString()));
        async Task Nothing(string subscription) =>
            Equal(null, await Receiver(subscription).ReceiveMessageAsync(TimeSpan.FromMilliseconds(300)));

        yield return ("topics and filters", async () =>
        {
            var order = new ServiceBusMessage("1") { Subject = "order 17" };
            order.ApplicationProperties["level"] = 4;
            var red = new ServiceBusMessage("2") { CorrelationId = "c" };
            red.ApplicationProperties["color"] = "red";
            var other = new ServiceBusMessage("3") { CorrelationId = "c", Subject = "order 18" };
            other.ApplicationProperties["level"] = 3.5;
            var blue = new ServiceBusMessage("4") { CorrelationId = "c" };
            blue.ApplicationProperties["color"] = "blue";
            await sender.SendMessagesAsync([order, red, other, blue]);
            Equal("1234", await Bodies("all", 4));
            Equal("1234", await Bodies("changing", 4));
            Equal("2", await Bodies("red", 1));
            var taken = await Take(Receiver("sql"), 2);
            Equal("1 taken True sql, 3 taken True sql", string.Join(", ", taken.Select(m =>
                $"{m.Body} {m.Subject} {m.ApplicationProperties["seen"]} {m.ApplicationProperties["RuleName"]}")));
            Equal(4, taken[0].ApplicationProperties["level"]);
            foreach (var subscription in new[] { "all", "red", "sql" }) await Nothing(subscription);
        });

        yield return ("dead letters of a subscription", async () =>
        {
            await sender.SendMessageAsync(new ServiceBusMessage("bad"));
            await Take(Receiver("changing"), 1);
            var receiver = Receiver("all");
            await receiver.AbandonMessageAsync(await One(receiver));
            var dead = (await Take(Receiver("all", SubQueue.DeadLetter), 1)).Single();
            Equal("bad MaxDeliveryCountExceeded", $"{dead.Body} {dead.DeadLetterReason}");
        });

        yield return ("rules over AMQP", async () =>
        {
            await using var rules = client.CreateRuleManager(topic, "changing");
            await rules.DeleteRuleAsync("$Default");
            await rules.CreateRuleAsync(new CreateRuleOptions("high", new SqlRuleFilter("level >= 5")) { Action = new SqlRuleAction("SET level = level / 2") });
            await rules.CreateRuleAsync("color", new CorrelationRuleFilter { Subject = "s", ApplicationProperties = { ["color"] = "red" } });
            await Refused(() => rules.CreateRuleAsync("color", new TrueRuleFilter()), ServiceBusFailureReason.MessagingEntityAlreadyExists, "color");
            await Refused(() => rules.DeleteRuleAsync("none"), ServiceBusFailureReason.MessagingEntityNotFound, "none");
            await Refused(() => rules.CreateRuleAsync("bad", new SqlRuleFilter("level >")), null, "Position 8");
            var found = new List<string>();
            await foreach (var rule in rules.GetRulesAsync()) found.Add($"{rule.Name}: {rule.Filter}; {rule.Action}");
            True(found.Count == 2 && found[0].Contains("level >= 5") && found[0].Contains("SET level") && found[1].Contains("color"), string.Join(" | ", found));
            var high = new ServiceBusMessage("high");
            high.ApplicationProperties["level"] = 7;
            await sender.SendMessagesAsync([high, new ServiceBusMessage("low")]);
            var message = (await Take(Receiver("changing"), 1)).Single();
            Equal("high 3", $"{message.Body} {message.ApplicationProperties["level"]}");
            Equal(3, message.ApplicationProperties["level"]);
            await Nothing("changing");
            await Take(Receiver("all"), 2);
        });

        yield return ("schedule to a topic", async () =>
        {
            var later = DateTimeOffset.UtcNow.AddSeconds(2);
            var numbers = await sender.ScheduleMessagesAsync([new ServiceBusMessage("kept"), new ServiceBusMessage("cancelled")], later);
            await sender.CancelScheduledMessageAsync(numbers[1]);
            Equal("kept", await Bodies("all", 1));
            True(DateTimeOffset.UtcNow >= later, "too early");
            await Nothing("all");
        });

        yield return ("forwarding", async () =>
        {
            await client.CreateSender(queue + "-in").SendMessageAsync(new ServiceBusMessage("through"));
            var receiver = client.CreateReceiver(queue);
            Equal("through", (await Take(receiver, 1)).Single().Body.ToString());
            await client.CreateSender(queue + "-failing").SendMessageAsync(new ServiceBusMessage("failed"));
            var failing = client.CreateReceiver(queue + "-failing");
            await failing.AbandonMessageAsync(await One(failing));
            var dead = (await Take(receiver, 1)).Single();
            Equal($"failed {queue}-failing MaxDeliveryCountExceeded", $"{dead.Body} {dead.DeadLetterSource} {dead.DeadLetterReason}");
            await Refused(() => client.CreateReceiver(queue + "-in").ReceiveMessageAsync(), null, "auto-forwarding");
        });
    }
}
