// The operations in transactions.
using System.Transactions;
using Azure.Messaging.ServiceBus;
using static Check;

static class Transactions
{
    public static async Task SendAndComplete(ServiceBusClient client, string queue)
    {
        await using var sender = client.CreateSender(queue);
        await using var receiver = client.CreateReceiver(queue);
        await sender.SendMessageAsync(new ServiceBusMessage("first"));
        var first = await One(receiver);
        using (Scope()) // not completed
        {
            await sender.SendMessageAsync(new ServiceBusMessage("never"));
            await receiver.CompleteMessageAsync(first);
        }
        using (var scope = Scope())
        {
            await sender.SendMessagesAsync([new ServiceBusMessage("second"), new ServiceBusMessage("third")]);
            await receiver.CompleteMessageAsync(first);
            Equal(1, (await receiver.PeekMessagesAsync(10, 1)).Count);
            scope.Complete();
        }
        Equal("secondthird", string.Concat((await Take(receiver, 2)).Select(m => m.Body.ToString())));
        Equal(0, (await receiver.PeekMessagesAsync(10, 1)).Count);
    }

    public static async Task CompleteAndSetState(ServiceBusClient client, string queue)
    {
        await using var sender = client.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage("first") { SessionId = "t" });
        await using var receiver = await client.AcceptSessionAsync(queue, "t");
        var first = await One(receiver);
        using (Scope()) await receiver.SetSessionStateAsync(new BinaryData("never"));
        Equal(null, await receiver.GetSessionStateAsync());
        using (var scope = Scope())
        {
            await receiver.CompleteMessageAsync(first);
            await receiver.SetSessionStateAsync(new BinaryData("state"));
            scope.Complete();
        }
        await Until(() => receiver.GetSessionStateAsync().GetAwaiter().GetResult()?.ToString() == "state", () => "the state");
        await receiver.SetSessionStateAsync(null);
        Equal(0, (await receiver.PeekMessagesAsync(10, 1)).Count);
    }

    public static async Task AcrossEntities(string connectionString, ServiceBusClientOptions options, string queue, string other)
    {
        await using var plain = new ServiceBusClient(connectionString, options);
        await plain.CreateSender(queue).SendMessageAsync(new ServiceBusMessage("first"));
        await Refused(async () =>
        {
            using var scope = Scope();
            await plain.CreateSender(queue).SendMessageAsync(new ServiceBusMessage("x"));
            await plain.CreateSender(other).SendMessageAsync(new ServiceBusMessage("x"));
            scope.Complete();
        }, null, "EnableCrossEntityTransactions");

        var crossing = new ServiceBusClientOptions { RetryOptions = options.RetryOptions, EnableCrossEntityTransactions = true };
        await using var client = new ServiceBusClient(connectionString, crossing);
        await using var receiver = client.CreateReceiver(queue);
        await using var sender = client.CreateSender(other);
        var first = await One(receiver);
        using (var scope = Scope())
        {
            await sender.SendMessageAsync(new ServiceBusMessage("second"));
            await receiver.CompleteMessageAsync(first);
            scope.Complete();
        }
        await using var otherReceiver = plain.CreateReceiver(other);
        var second = (await Take(otherReceiver, 1)).Single();
        Equal("second", second.Body.ToString());
        Equal(0, (await receiver.PeekMessagesAsync(10, 1)).Count);
    }

    static TransactionScope Scope() => new(TransactionScopeAsyncFlowOption.Enabled);
}
