// What the operations check with.
using System.Diagnostics;
using Azure.Messaging.ServiceBus;

static class Check
{
    public static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    public static async Task<ServiceBusReceivedMessage> One(ServiceBusReceiver from) =>
        await from.ReceiveMessageAsync(patience) ?? throw new Exception("no message came");

    public static async Task<List<ServiceBusReceivedMessage>> ReceiveAll(ServiceBusReceiver from, int count, bool complete = false)
    {
        var all = new List<ServiceBusReceivedMessage>();
        while (all.Count < count)
        {
            var some = await from.ReceiveMessagesAsync(count - all.Count, patience);
            if (some.Count == 0) throw new Exception($"only {all.Count} of {count} messages came");
            if (complete) foreach (var message in some) await from.CompleteMessageAsync(message);
            all.AddRange(some);
        }
        return all;
    }

    public static Task<List<ServiceBusReceivedMessage>> Take(ServiceBusReceiver from, int count) => ReceiveAll(from, count, complete: true);

    public static async Task Refused(Func<Task> what, ServiceBusFailureReason? reason, string words)
    {
        try
        {
            await what();
        }
        catch (Exception error)
        {
            if (reason != null && (error as ServiceBusException)?.Reason != reason) throw new Exception($"{error.GetType().Name} {error.Message} is not {reason}");
            True(error.ToString().Contains(words), $"'{error.Message}' does not say {words}");
            return;
        }
        throw new Exception("it is not refused");
    }

    public static async Task Until(Func<bool> condition, Func<string> what)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); await Task.Delay(20))
            if (watch.Elapsed > TimeSpan.FromSeconds(60)) throw new Exception($"it never happens: {what()}");
    }

    public static void Equal<T>(T expected, T actual)
    {
        if (!Equals(expected, actual)) throw new Exception($"{actual} is not {expected}");
    }

    public static void True(bool condition, string otherwise)
    {
        if (!condition) throw new Exception(otherwise);
    }
}
