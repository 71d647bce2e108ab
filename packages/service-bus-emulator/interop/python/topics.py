# The operations on topics, on what forwards, and of an administrator. Named after what is the same in the other clients.
from datetime import datetime, timedelta, timezone
from azure.servicebus import ServiceBusMessage, ServiceBusSubQueue
from azure.servicebus.management import CorrelationRuleFilter, ServiceBusAdministrationClient, SqlRuleAction, SqlRuleFilter, TrueRuleFilter

def topic_operations(client, queue, connection_string, one, take, text, equal, refused):
    topic = queue + '-topic'

    def send(*messages, to=topic):
        with client.get_topic_sender(to) as sender: sender.send_messages(list(messages))

    def receiving(subscription, **more):
        return client.get_subscription_receiver(topic, subscription, max_wait_time=10, **more)

    def taken(subscription, count):
        with receiving(subscription) as receiver: return take(receiver, count)

    def nothing(subscription):
        with client.get_subscription_receiver(topic, subscription, max_wait_time=0.5) as receiver:
            equal(receiver.receive_messages(max_wait_time=0.5), [])

    def filters():
        send(ServiceBusMessage('1', subject='order 17', application_properties={'level': 4}),
            ServiceBusMessage('2', correlation_id='c', application_properties={'color': 'red'}),
            ServiceBusMessage('3', correlation_id='c', subject='order 18', application_properties={'level': 3.5}),
            ServiceBusMessage('4', correlation_id='c', application_properties={'color': 'blue'}))
        equal(text(taken('all', 4)), '1234')
        equal(text(taken('changing', 4)), '1234')
        equal(text(taken('red', 1)), '2')
        found = [(str(m), m.subject, m.application_properties) for m in taken('sql', 2)]
        equal(found, [('1', 'taken', {b'level': 4, b'seen': True, b'RuleName': b'sql'}),
            ('3', 'taken', {b'level': 3.5, b'seen': True, b'RuleName': b'sql'})])
        for subscription in ['all', 'red', 'sql']: nothing(subscription)

    def dead_letters():
        send(ServiceBusMessage('bad'))
        taken('changing', 1)
        with receiving('all') as receiver: receiver.abandon_message(one(receiver))
        with receiving('all', sub_queue=ServiceBusSubQueue.DEAD_LETTER) as dead:
            message = take(dead, 1)[0]
            equal((str(message), message.dead_letter_reason), ('bad', 'MaxDeliveryCountExceeded'))

    def schedule():
        later = datetime.now(timezone.utc) + timedelta(seconds=2)
        with client.get_topic_sender(topic) as sender:
            numbers = sender.schedule_messages([ServiceBusMessage('kept'), ServiceBusMessage('cancelled')], later)
            sender.cancel_scheduled_messages(numbers[1])
        equal(text(taken('all', 1)), 'kept')
        if datetime.now(timezone.utc) < later: raise Exception('too early')
        nothing('all')
        taken('changing', 1)

    def forwarding():
        with client.get_queue_sender(queue + '-in') as sender: sender.send_messages(ServiceBusMessage('through'))
        with client.get_queue_receiver(queue, max_wait_time=10) as receiver:
            equal(text(take(receiver, 1)), 'through')
            with client.get_queue_sender(queue + '-failing') as sender: sender.send_messages(ServiceBusMessage('failed'))
            with client.get_queue_receiver(queue + '-failing', max_wait_time=10) as failing: failing.abandon_message(one(failing))
            dead = take(receiver, 1)[0]
            equal((str(dead), dead.dead_letter_source, dead.dead_letter_reason), ('failed', queue + '-failing', 'MaxDeliveryCountExceeded'))

    administrator = ServiceBusAdministrationClient.from_connection_string(connection_string)

    def queues():
        name = queue + '-made'
        made = administrator.create_queue(name, lock_duration=timedelta(seconds=45), max_delivery_count=2, user_metadata='<data>')
        equal((made.name, made.lock_duration, made.max_delivery_count, made.user_metadata), (name, timedelta(seconds=45), 2, '<data>'))
        refused(lambda: administrator.create_queue(name), name)
        made.max_delivery_count = 1
        administrator.update_queue(made)
        equal(administrator.get_queue(name).max_delivery_count, 1)
        with client.get_queue_sender(name) as sender: sender.send_messages(ServiceBusMessage('1'))
        counts = administrator.get_queue_runtime_properties(name)
        equal((counts.total_message_count, counts.active_message_count), (1, 1))
        names = [each.name for each in administrator.list_queues()]
        equal((name in names, queue in names), (True, True))
        administrator.delete_queue(name)
        refused(lambda: administrator.get_queue(name), name)

    def topics_and_rules():
        name = queue + '-made-topic'
        administrator.create_topic(name, default_message_time_to_live=timedelta(hours=1))
        administrator.create_subscription(name, 'some', max_delivery_count=7)
        administrator.create_subscription(name, 'all')
        administrator.delete_rule(name, 'some', '$Default')
        sql = SqlRuleFilter('level > @low', {'@low': 4})
        administrator.create_rule(name, 'some', 'first', filter=sql, action=SqlRuleAction('SET seen = 1'))
        properties = {'text': 't', 'whole': 3, 'half': 0.5, 'yes': True}
        administrator.create_rule(name, 'some', 'second', filter=CorrelationRuleFilter(correlation_id='c', properties=properties))
        first, second = list(administrator.list_rules(name, 'some'))
        equal((first.name, first.filter.sql_expression, first.action.sql_expression), ('first', 'level > @low', 'SET seen = 1'))
        equal((second.name, second.filter.correlation_id, second.filter.properties), ('second', 'c', properties))
        equal([type(each.filter) for each in administrator.list_rules(name, 'all')], [TrueRuleFilter])
        refused(lambda: administrator.create_rule(name, 'some', 'bad', filter=SqlRuleFilter('a LIKE')), 'Position 7')
        send(*[ServiceBusMessage(str(level), application_properties={'level': level}) for level in [5, 4]], to=name)
        counts = [administrator.get_subscription_runtime_properties(name, each).active_message_count for each in ['some', 'all']]
        equal(counts, [1, 2])
        administrator.delete_subscription(name, 'some')
        administrator.delete_topic(name)
        equal(name in [each.name for each in administrator.list_topics()], False)

    return [('topics and filters', filters), ('dead letters of a subscription', dead_letters), ('schedule to a topic', schedule),
        ('forwarding', forwarding), ('administration of queues', queues), ('administration of topics and rules', topics_and_rules)]
