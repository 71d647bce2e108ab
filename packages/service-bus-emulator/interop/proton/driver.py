# The operations of the interop run with Qpid Proton as Debian packages it (python3-qpid-proton): AMQP without an SDK.
# One line of JSON on the standard output for each; see ../README.md.
import json, os, sys, threading, time
from proton import Message, Timeout, symbol, timestamp, Delivery
from proton.utils import BlockingConnection, LinkDetached, SendException
from proton.reactor import AtMostOnce
from proton import int32
from management import done, longs, uuids
from sessions import session_operations
from topics import topic_operations
from transactions import exchange

port, queue = os.environ['PORT'], os.environ['QUEUE']

url = f'amqp://127.0.0.1:{port}'

def connect(**more):
    return BlockingConnection(url, timeout=10, allowed_mechs='ANONYMOUS', **more)

def equal(actual, expected):
    if actual != expected: raise Exception(f'{actual!r} is not {expected!r}')

def operation(name, body):
    start, error = time.time(), None
    try:
        body()
    except Exception as failure:
        error = f'{type(failure).__name__}: {failure}'.split('\n')[0]
        try:
            sweeper = connect(); receiver = sweeper.create_receiver(queue, credit=10)
            while True: receiver.receive(timeout=0.5); receiver.accept()
        except Exception: pass
    print(json.dumps({'operation': name, 'error': error, 'ms': round((time.time() - start) * 1000)}), flush=True)

def receive(receiver, settle=True):
    message = receiver.receive(timeout=10)
    if settle: receiver.accept()
    return message

def empty():
    looker = connect()
    try:
        left = looker.create_receiver(queue, credit=1).receive(timeout=0.5)
    except Exception: left = None
    looker.close()
    if left: raise Exception(f"'{left.body}' is still there")

idle_error = ['it has not ended']
def idle():
    try:
        quiet = connect()
        its_sender, its_receiver = quiet.create_sender(queue + '-idle'), quiet.create_receiver(queue + '-idle')
        its_sender.send(Message(body='before'))
        equal(receive(its_receiver).body, 'before')
        until = time.time() + float(os.environ['IDLE_SECONDS'])
        while time.time() < until: # this client answers nobody unless it is called
            try: quiet.wait(lambda: False, timeout=0.5)
            except Timeout: pass
        its_sender.send(Message(body='after'))
        equal(receive(its_receiver).body, 'after')
        quiet.close()
        idle_error.clear()
    except Exception as error:
        idle_error[0] = repr(error)

idling = threading.Thread(target=idle, daemon=True)
idling.start()

def idled():
    idling.join(float(os.environ['IDLE_SECONDS']) + 60)
    if idle_error: raise Exception(idle_error[0])

connection = connect()
sender = None

def connecting():
    global sender
    sender = connection.create_sender(queue)

def send_and_receive():
    sender.send(Message(body='hello', id='one'))
    receiver = connection.create_receiver(queue)
    message = receive(receiver)
    equal([message.body, message.id, message.delivery_count], ['hello', 'one', 0])
    receiver.close()

def properties():
    sent = Message(body=b'\x00\x01\xff', id='id', correlation_id='correlation', subject='subject', address='to', reply_to='reply',
                   content_type='text/plain', ttl=300, properties={'string': 'text', 'int': int32(7), 'long': 1 << 60, 'double': 1.5, 'bool': True})
    sender.send(sent)
    receiver = connection.create_receiver(queue)
    message = receive(receiver)
    for name in ['body', 'id', 'correlation_id', 'subject', 'address', 'reply_to', 'content_type', 'ttl', 'properties']:
        equal(getattr(message, name), getattr(sent, name))
    receiver.close()

def credit_with_attach():
    for i in range(20): sender.send(Message(body=str(i)))
    receiver = connection.create_receiver(queue, credit=20)
    equal([receive(receiver).body for _ in range(20)], [str(i) for i in range(20)])
    receiver.close()
    empty()

def complete_and_close():
    sender.send(Message(body='last'))
    short_lived = connect()
    receive(short_lived.create_receiver(queue, credit=1))
    short_lived.close()
    empty()

def abandon():
    sender.send(Message(body='poison'))
    receiver = connection.create_receiver(queue)
    counts = []
    for _ in range(3):
        message = receive(receiver, settle=False)
        counts.append(message.delivery_count)
        receiver.release(delivered=True) # the outcome modified
    equal(counts, [0, 1, 2])
    receiver.close()
    dead = connection.create_receiver(queue + '/$DeadLetterQueue')
    equal(receive(dead).properties['DeadLetterReason'], 'MaxDeliveryCountExceeded')
    dead.close()

def released():
    sender.send(Message(body='again'))
    receiver = connection.create_receiver(queue)
    equal(receive(receiver, settle=False).delivery_count, 0)
    receiver.release(delivered=False)
    equal(receive(receiver).delivery_count, 0)
    receiver.close()

def dead_letter():
    sender.send(Message(body='bad'))
    receiver = connection.create_receiver(queue)
    receive(receiver, settle=False)
    receiver.reject()
    receiver.close()
    dead = connection.create_receiver(queue + '/$DeadLetterQueue')
    equal(receive(dead).body, 'bad')
    dead.close()

def management():
    for body in 'ab': sender.send(Message(body=body))
    requests = connection.create_sender(queue + '/$management', name='requests')
    replies = connection.create_receiver(queue + '/$management', name='replies', credit=10)
    requests.send(Message(id='request', reply_to='replies', properties={'operation': 'com.microsoft:peek-message'},
        body={'from-sequence-number': 1, 'message-count': int32(10)}))
    reply = receive(replies)
    equal([reply.correlation_id, reply.properties['statusCode'], len(reply.body['messages'])], ['request', 200, 2])
    requests.close(); replies.close()
    receiver = connection.create_receiver(queue)
    equal(receive(receiver).body + receive(receiver).body, 'ab')
    receiver.close()

def sizes():
    sender.send(Message(body='x' * 200000))
    receiver = connection.create_receiver(queue)
    equal(len(receive(receiver).body), 200000)
    receiver.close()
    try:
        sender.send(Message(body='x' * 300000))
    except SendException as error:
        equal(error.state, Delivery.REJECTED)
        return
    raise Exception('it is not refused')

def thousand():
    for i in range(1000): sender.send(Message(body=str(i)))
    receiver = connection.create_receiver(queue, credit=100)
    equal([receive(receiver).body for _ in range(1000)], [str(i) for i in range(1000)])
    receiver.close()
    empty()

def refused(what, words):
    try:
        what()
    except LinkDetached as error:
        if words not in str(error): raise Exception(f"'{error}' does not say {words}")
        return
    raise Exception('it is not refused')

# Of this client's operations there is no batch: it has no way to say the format of a message, by which a batch is known.

def set_aside(text):
    """Sends a message and defers it; its sequence number."""
    sender.send(Message(body=text))
    receiver = connection.create_receiver(queue)
    message = receive(receiver, settle=False)
    delivery = receiver.fetcher.unsettled.popleft()
    delivery.local.undeliverable = True
    delivery.update(Delivery.MODIFIED); delivery.settle()
    receiver.close()
    return message.annotations[symbol('x-opt-sequence-number')]

def by_number(number, mode):
    body = {'sequence-numbers': longs(number), 'receiver-settle-mode': int32(mode)}
    return done(connection, queue, 'receive-by-sequence-number', body)['messages'][0]

def renew():
    token = by_number(set_aside('long'), 1)['lock-token']
    until = done(connection, queue, 'renew-lock', {'lock-tokens': uuids(token)})['expirations'].elements[0]
    if not until > time.time() * 1000: raise Exception('the lock is over')
    done(connection, queue, 'update-disposition', {'lock-tokens': uuids(token), 'disposition-status': 'completed'})
    empty()

def defer():
    number = set_aside('x')
    empty()
    message = Message()
    message.decode(by_number(number, 0)['message'])
    equal(message.body, 'x')

def schedule():
    later = time.time() + 2
    def scheduled(text):
        message = Message(body=text, id=text, annotations={symbol('x-opt-scheduled-enqueue-time'): timestamp(int(later * 1000))})
        body = {'messages': [{'message-id': text, 'message': message.encode()}]}
        return done(connection, queue, 'schedule-message', body)['sequence-numbers'].elements[0]
    scheduled('kept')
    done(connection, queue, 'cancel-scheduled-message', {'sequence-numbers': longs(scheduled('cancelled'))})
    receiver = connection.create_receiver(queue)
    equal(receive(receiver).body, 'kept')
    if time.time() < later: raise Exception('it came too early')
    receiver.close()
    empty()

def receive_and_delete():
    for body in '12': sender.send(Message(body=body))
    greedy = connection.create_receiver(queue, credit=2, options=AtMostOnce())
    equal(greedy.receive(timeout=10).body + greedy.receive(timeout=10).body, '12')
    greedy.close()
    empty()

def transactions():
    sender.send(Message(body='first'))
    equal(exchange(url, queue, commits=False), 'aborted')
    equal(exchange(url, queue, commits=True), 'committed')
    receiver = connection.create_receiver(queue)
    equal(receive(receiver).body, 'second')
    receiver.close()
    empty()

for name, body in [('connect', connecting), ('send and receive', send_and_receive), ('all properties and bodies', properties),
        ('prefetch', credit_with_attach), ('complete, then close at once', complete_and_close), ('abandon until dead-lettered', abandon),
        ('release', released), ('dead-letter with a reason', dead_letter), ('peek', management), ('200 KB pass, 300 KB are refused', sizes),
        ('1,000 messages', thousand), ('a queue that is not there', lambda: refused(lambda: connection.create_sender('nowhere'), 'nowhere')),
        ('renew a lock', renew), ('schedule and cancel', schedule), ('defer and receive by number', defer),
        ('receive and delete', receive_and_delete), ('transactions', transactions),
        *session_operations(connection, queue + '-sessions', queue, receive, equal, refused),
        *topic_operations(connect, queue, receive, equal, refused), ('idle, then used', idled)]:
    operation(name, body)

def restart():
    global connection, sender
    print(json.dumps({'ask': 'restart'}), flush=True)
    sys.stdin.readline()
    connection = connect()
    sender = connection.create_sender(queue)
    send_and_receive()

operation('the emulator starts anew', restart)
