# The operations on topics and on what forwards. Named after what is the same in the other clients.
from proton import Message, int32

def topic_operations(connect, queue, receive, equal, refused):
    topic = queue + '-topic'

    def filters():
        connection = connect()
        sender = connection.create_sender(topic)
        sender.send(Message(body='1', subject='order 17', properties={'level': int32(4)}))
        sender.send(Message(body='2', correlation_id='c', properties={'color': 'red'}))
        for subscription, bodies in [('all', ['1', '2']), ('changing', ['1', '2']), ('red', ['2']), ('sql', ['1'])]:
            receiver = connection.create_receiver(f'{topic}/Subscriptions/{subscription}', credit=10)
            messages = [receive(receiver) for _ in bodies]
            equal([message.body for message in messages], bodies)
            if subscription == 'sql': equal((messages[0].subject, messages[0].properties['seen']), ('taken', True))
            receiver.close()
        connection.close()

    def forwarding():
        connection = connect()
        connection.create_sender(queue + '-in').send(Message(body='through'))
        receiver = connection.create_receiver(queue, credit=1)
        equal(receive(receiver).body, 'through')
        receiver.close()
        refused(lambda: connection.create_receiver(queue + '-in'), 'auto-forwarding')
        connection.close()

    return [('topics and filters', filters), ('forwarding', forwarding)]
