// The operations of an administrator.
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using static Check;

static class Administration
{
    public static IEnumerable<(string, Func<Task>)> Operations(string connectionString, ServiceBusClient client, string prefix)
    {
        var administrator = new ServiceBusAdministrationClient(connectionString);
        var (queue, topic) = (prefix + "-made", prefix + "-made-topic");

        yield return ("administration of queues", async () =>
        {
            var options = new CreateQueueOptions(queue)
            {
                LockDuration = TimeSpan.FromSeconds(45), MaxDeliveryCount = 2, DeadLetteringOnMessageExpiration = true,
                RequiresDuplicateDetection = true, DuplicateDetectionHistoryTimeWindow = TimeSpan.FromMinutes(2),
                DefaultMessageTimeToLive = TimeSpan.FromDays(14), UserMetadata = "<data>", ForwardDeadLetteredMessagesTo = prefix,
            };
            QueueProperties made = await administrator.CreateQueueAsync(options);
            Equal("00:00:45 2 True True 00:02:00 14.00:00:00 <data> Active False", Shown(made));
            True(made.ForwardDeadLetteredMessagesTo.EndsWith($"/{prefix}"), made.ForwardDeadLetteredMessagesTo);
            await Refused(() => administrator.CreateQueueAsync(queue), ServiceBusFailureReason.MessagingEntityAlreadyExists, queue);
            made.MaxDeliveryCount = 1;
            made.ForwardDeadLetteredMessagesTo = null;
            made.Status = EntityStatus.ReceiveDisabled;
            await administrator.UpdateQueueAsync(made);
            QueueProperties read = await administrator.GetQueueAsync(queue);
            Equal("00:00:45 1 True True 00:02:00 14.00:00:00 <data> ReceiveDisabled False", Shown(read));
            Equal(null, read.ForwardDeadLetteredMessagesTo);
            var sender = client.CreateSender(queue);
            await sender.SendMessagesAsync([new ServiceBusMessage("a") { MessageId = "1" }, new ServiceBusMessage("b") { MessageId = "1" }]);
            await Refused(() => client.CreateReceiver(queue).ReceiveMessageAsync(), ServiceBusFailureReason.MessagingEntityDisabled, queue);
            QueueRuntimeProperties counts = await administrator.GetQueueRuntimePropertiesAsync(queue);
            Equal("1 1 0", $"{counts.TotalMessageCount} {counts.ActiveMessageCount} {counts.DeadLetterMessageCount}");
            True(counts.SizeInBytes > 0 && counts.CreatedAt <= DateTimeOffset.UtcNow, "no size or time");
            var names = new List<string>();
            await foreach (var each in administrator.GetQueuesAsync()) names.Add(each.Name);
            True(names.Contains(queue) && names.Contains(prefix), string.Join(' ', names));
            await administrator.DeleteQueueAsync(queue);
            Equal(false, (await administrator.QueueExistsAsync(queue)).Value);
            await Refused(() => administrator.GetQueueAsync(queue), ServiceBusFailureReason.MessagingEntityNotFound, queue);
            await Refused(() => administrator.DeleteQueueAsync(queue), ServiceBusFailureReason.MessagingEntityNotFound, queue);
            await Refused(() => sender.SendMessageAsync(new ServiceBusMessage("late")), ServiceBusFailureReason.MessagingEntityNotFound, queue);
        });

        yield return ("administration of topics and rules", async () =>
        {
            var topicOptions = new CreateTopicOptions(topic) { DefaultMessageTimeToLive = TimeSpan.FromHours(1), UserMetadata = "t" };
            TopicProperties madeTopic = await administrator.CreateTopicAsync(topicOptions);
            Equal("01:00:00 t Active", $"{madeTopic.DefaultMessageTimeToLive} {madeTopic.UserMetadata} {madeTopic.Status}");
            var filter = new SqlRuleFilter("level > @low AND name = @name") { Parameters = { ["@low"] = 4, ["@name"] = "x" } };
            var subscriptionOptions = new CreateSubscriptionOptions(topic, "some") { LockDuration = TimeSpan.FromSeconds(10), MaxDeliveryCount = 7 };
            SubscriptionProperties made = await administrator.CreateSubscriptionAsync(subscriptionOptions, new CreateRuleOptions("first", filter));
            Equal($"{topic} some 00:00:10 7 True", $"{made.TopicName} {made.SubscriptionName} {made.LockDuration} {made.MaxDeliveryCount} {made.EnableDeadLetteringOnFilterEvaluationExceptions}");
            await administrator.CreateSubscriptionAsync(topic, "all");
            var correlation = new CorrelationRuleFilter("c") { ApplicationProperties = { ["text"] = "t", ["whole"] = 3, ["half"] = 0.5, ["yes"] = true } };
            await administrator.CreateRuleAsync(topic, "some", new CreateRuleOptions("second", correlation) { Action = new SqlRuleAction("SET seen = 1") });
            var rules = new List<RuleProperties>();
            await foreach (var each in administrator.GetRulesAsync(topic, "some")) rules.Add(each);
            Equal(2, rules.Count);
            True(filter.Equals(rules[0].Filter), $"{rules[0].Filter}");
            True(correlation.Equals(rules[1].Filter), $"{rules[1].Filter}");
            True(new SqlRuleAction("SET seen = 1").Equals(rules[1].Action), $"{rules[1].Action}");
            await foreach (var each in administrator.GetRulesAsync(topic, "all")) True(each.Filter is TrueRuleFilter, $"{each.Filter}");
            await Refused(() => administrator.CreateRuleAsync(topic, "some", new CreateRuleOptions("bad", new SqlRuleFilter("a LIKE"))), null, "Position 7");

            var matching = new ServiceBusMessage("1");
            (matching.ApplicationProperties["level"], matching.ApplicationProperties["name"]) = (5, "x");
            await client.CreateSender(topic).SendMessagesAsync([matching, new ServiceBusMessage("2")]);
            SubscriptionRuntimeProperties some = await administrator.GetSubscriptionRuntimePropertiesAsync(topic, "some");
            SubscriptionRuntimeProperties all = await administrator.GetSubscriptionRuntimePropertiesAsync(topic, "all");
            Equal("1 2", $"{some.ActiveMessageCount} {all.TotalMessageCount}");
            rules[0].Filter = new FalseRuleFilter();
            await administrator.UpdateRuleAsync(topic, "some", rules[0]);
            RuleProperties changed = await administrator.GetRuleAsync(topic, "some", "first");
            True(changed.Filter is FalseRuleFilter, $"{changed.Filter}");
            await administrator.DeleteRuleAsync(topic, "some", "second");
            TopicRuntimeProperties counts = await administrator.GetTopicRuntimePropertiesAsync(topic);
            Equal(2, counts.SubscriptionCount);
            made.MaxDeliveryCount = 8;
            SubscriptionProperties updated = await administrator.UpdateSubscriptionAsync(made);
            Equal(8, updated.MaxDeliveryCount);
            await administrator.DeleteSubscriptionAsync(topic, "some");
            Equal(false, (await administrator.SubscriptionExistsAsync(topic, "some")).Value);
            await administrator.DeleteTopicAsync(topic);
            Equal(false, (await administrator.TopicExistsAsync(topic)).Value);
            NamespaceProperties space = await administrator.GetNamespacePropertiesAsync();
            Equal("sbemulatorns", space.Name);
        });
    }

    static string Shown(QueueProperties queue) => string.Join(' ', queue.LockDuration, queue.MaxDeliveryCount, queue.DeadLetteringOnMessageExpiration,
        queue.RequiresDuplicateDetection, queue.DuplicateDetectionHistoryTimeWindow, queue.DefaultMessageTimeToLive, queue.UserMetadata,
        queue.Status, queue.RequiresSession);
}
