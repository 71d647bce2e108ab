# The operations of the interop run with azure-servicebus as Debian packages it (python3-azure).
# One line of JSON on the standard output for each; see ../README.md.
import json, os, sys, threading, time
from datetime import datetime, timedelta, timezone
from azure.servicebus import (ServiceBusClient, ServiceBusMessage, ServiceBusReceiveMode, ServiceBusSubQueue,
                              AutoLockRenewer, TransportType)
from sessions import session_operations
from topics import topic_operations

endpoint, queue, cert = os.environ['ENDPOINT'], os.environ['QUEUE'], os.environ['CERTIFICATE']

def connect(**more):
    return ServiceBusClient.from_connection_string(endpoint, retry_total=3, retry_backoff_factor=0.2, connection_verify=cert, **more)

idle_error = ['it has not ended']
def idle():
    try:
        with connect() as quiet, quiet.get_queue_sender(queue + '-idle') as its_sender, \
                quiet.get_queue_receiver(queue + '-idle', max_wait_time=10) as its_receiver:
            for body in ['before', 'after']:
                its_sender.send_messages(ServiceBusMessage(body))
                its_receiver.complete_message(one(its_receiver))
                if body == 'before': time.sleep(float(os.environ['IDLE_SECONDS']))
        idle_error.clear()
    except Exception as error:
        idle_error[0] = repr(error)

def one(receiver):
    return all_of(receiver, 1)[0]

def all_of(receiver, count, settle=False):
    messages = []
    while len(messages) < count:
        some = receiver.receive_messages(max_message_count=min(count - len(messages), 100), max_wait_time=10)
        if not some: raise Exception(f'only {len(messages)} of {count} messages came')
        for message in some:
            if settle: receiver.complete_message(message)
        messages += some
    return messages

def take(receiver, count):
    return all_of(receiver, count, True)

def text(messages):
    return ''.join(str(message) for message in messages)

def receiving(**more):
    return client.get_queue_receiver(queue, max_wait_time=10, **more)

def dead(**more):
    return receiving(sub_queue=ServiceBusSubQueue.DEAD_LETTER, **more)

def empty():
    with receiving() as looker:
        left = looker.receive_messages(max_wait_time=0.5)
        if left: raise Exception(f"'{left[0]}' is still there")
        locked = [m for m in looker.peek_messages(10) if m.enqueued_time_utc <= datetime.now(timezone.utc)]
        if locked: raise Exception(f"'{locked[0]}' is still locked")

def equal(actual, expected):
    if actual != expected: raise Exception(f'{actual!r} is not {expected!r}')

def refused(what, words):
    try:
        what()
    except Exception as error:
        if words not in str(error): raise Exception(f"'{error}' does not say {words}")
        return
    raise Exception('it is not refused')

def operation(name, body):
    start, error = time.time(), None
    try:
        body()
    except Exception as failure:
        error = f'{type(failure).__name__}: {failure}'.split('\n')[0]
        try:
            with receiving(receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE) as sweeper:
                while sweeper.receive_messages(100, max_wait_time=0.5): pass
        except Exception: pass
    print(json.dumps({'operation': name, 'error': error, 'ms': round((time.time() - start) * 1000)}), flush=True)

threading.Thread(target=idle, daemon=True).start()
idle_since = time.time()
client = connect()
sender = client.get_queue_sender(queue)

def connecting():
    equal(sender.create_message_batch().max_size_in_bytes, 262144)

def send_and_receive():
    sender.send_messages(ServiceBusMessage('hello', message_id='one'))
    with receiving() as receiver:
        message = one(receiver)
        equal([str(message), message.message_id, message.delivery_count], ['hello', 'one', 0])
        receiver.complete_message(message)

def batch():
    messages = sender.create_message_batch()
    for i in range(10): messages.add_message(ServiceBusMessage(str(i)))
    sender.send_messages(messages)
    with receiving() as receiver: equal(text(take(receiver, 10)), '0123456789')

def properties():
    values = {'string': 'text', 'int': 7, 'long': 1 << 60, 'double': 1.5, 'bool': True}
    sender.send_messages(ServiceBusMessage(b'\x00\x01\xff', message_id='id', correlation_id='correlation', content_type='text/plain',
        subject='subject', to='to', reply_to='reply', reply_to_session_id='reply-session', time_to_live=timedelta(minutes=5),
        application_properties=values))
    with receiving() as receiver:
        message = one(receiver)
        equal(b''.join(message.body), b'\x00\x01\xff')
        equal([message.message_id, message.correlation_id, message.content_type, message.subject, message.to, message.reply_to],
              ['id', 'correlation', 'text/plain', 'subject', 'to', 'reply'])
        equal(message.time_to_live, timedelta(minutes=5))
        equal({key.decode() if isinstance(key, bytes) else key: value.decode() if isinstance(value, bytes) else value
               for key, value in message.application_properties.items()}, values)
        receiver.complete_message(message)

def abandon():
    sender.send_messages(ServiceBusMessage('poison'))
    counts = []
    with receiving() as receiver:
        for _ in range(3):
            message = one(receiver)
            counts.append(message.delivery_count)
            receiver.abandon_message(message)
    equal(counts, [0, 1, 2])
    with dead() as receiver: equal(take(receiver, 1)[0].dead_letter_reason, 'MaxDeliveryCountExceeded')

def dead_letter():
    sender.send_messages(ServiceBusMessage('bad'))
    with receiving() as receiver: receiver.dead_letter_message(one(receiver), reason='reason', error_description='description')
    with dead() as receiver:
        found = take(receiver, 1)[0]
        equal([found.dead_letter_reason, found.dead_letter_error_description], ['reason', 'description'])

def complete_and_close():
    sender.send_messages(ServiceBusMessage('last'))
    with connect() as short_lived, short_lived.get_queue_receiver(queue, max_wait_time=10) as receiver:
        receiver.complete_message(one(receiver))
    empty()

def renew():
    sender.send_messages(ServiceBusMessage('long'))
    with receiving() as receiver:
        message = one(receiver)
        before = message.locked_until_utc
        time.sleep(0.02)
        receiver.renew_message_lock(message)
        if not message.locked_until_utc > before: raise Exception('the lock is no longer than before')
        receiver.complete_message(message)

def peek():
    sender.send_messages([ServiceBusMessage('a'), ServiceBusMessage('b')])
    with receiving() as receiver:
        equal(text(receiver.peek_messages(10)), 'ab')
        equal(text(take(receiver, 2)), 'ab')

def schedule():
    later = datetime.now(timezone.utc) + timedelta(seconds=2)
    numbers = sender.schedule_messages([ServiceBusMessage('kept'), ServiceBusMessage('cancelled')], later)
    sender.cancel_scheduled_messages(numbers[1])
    with receiving() as receiver: equal(text(take(receiver, 1)), 'kept')
    if datetime.now(timezone.utc) < later: raise Exception('it came too early')
    empty()

def defer():
    sender.send_messages([ServiceBusMessage('x'), ServiceBusMessage('y')])
    with receiving() as receiver:
        numbers = []
        while len(numbers) < 2:
            message = one(receiver)
            numbers.append(message.sequence_number)
            receiver.defer_message(message)
        x, y = receiver.receive_deferred_messages(numbers)
        receiver.renew_message_lock(x)
        receiver.complete_message(x)
        receiver.dead_letter_message(y)
    with dead() as receiver: equal(text(take(receiver, 1)), 'y')

def receive_and_delete():
    sender.send_messages([ServiceBusMessage('1'), ServiceBusMessage('2')])
    with receiving(receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE) as greedy: equal(text(all_of(greedy, 2)), '12')
    empty()

def prefetch():
    sender.send_messages([ServiceBusMessage(str(i)) for i in range(50)])
    with receiving(prefetch_count=20) as eager: equal(len({str(m) for m in take(eager, 50)}), 50)
    empty()

def sizes():
    sender.send_messages(ServiceBusMessage('x' * 200000))
    with receiving() as receiver: equal(len(str(take(receiver, 1)[0])), 200000)
    refused(lambda: sender.send_messages(ServiceBusMessage('x' * 300000)), 'size')

def thousand():
    for i in range(10): sender.send_messages([ServiceBusMessage(f'{i} {j}') for j in range(100)])
    with receiving() as receiver: equal(len({str(m) for m in take(receiver, 1000)}), 1000)
    empty()

def no_queue():
    def send():
        with client.get_queue_sender('nowhere') as its: its.send_messages(ServiceBusMessage('x'))
    refused(send, 'nowhere')

def idled():
    while idle_error and idle_error[0] == 'it has not ended' and time.time() < idle_since + float(os.environ['IDLE_SECONDS']) + 60: time.sleep(0.2)
    if idle_error: raise Exception(idle_error[0])

def restart():
    sender.send_messages(ServiceBusMessage('before'))
    with receiving() as receiver: take(receiver, 1)
    print(json.dumps({'ask': 'restart'}), flush=True)
    sys.stdin.readline()
    sender.send_messages(ServiceBusMessage('after'))
    with receiving() as receiver: equal(text(take(receiver, 1)), 'after')

for name, body in [('connect', connecting), ('send and receive', send_and_receive), ('send a batch', batch),
        ('all properties and bodies', properties), ('abandon until dead-lettered', abandon), ('dead-letter with a reason', dead_letter),
        ('complete, then close at once', complete_and_close), ('renew a lock', renew), ('peek', peek), ('schedule and cancel', schedule),
        ('defer and receive by number', defer), ('receive and delete', receive_and_delete), ('prefetch', prefetch),
        ('200 KB pass, 300 KB are refused', sizes), ('1,000 messages', thousand), ('a queue that is not there', no_queue),
        *session_operations(client, queue + '-sessions', queue, one, take, text, equal, refused),
        *topic_operations(client, queue, os.environ['CONNECTION_STRING'], one, take, text, equal, refused), ('idle, then used', idled), ('the emulator starts anew', restart)]:
    operation(name, body)
os._exit(0)
