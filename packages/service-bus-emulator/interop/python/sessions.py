# The operations on a queue with sessions; `plain` is one without. Named after what is the same in the other clients.
import threading, time
from datetime import datetime, timedelta, timezone
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusMessage, ServiceBusSubQueue

def session_operations(client, queue, plain, one, take, text, equal, refused):
    sender = client.get_queue_sender(queue)

    def send(*texts):
        sender.send_messages([ServiceBusMessage(each, session_id=each[0]) for each in texts])

    def receiving(session, **more):
        return client.get_queue_receiver(queue, session_id=session, max_wait_time=10, **more)

    def by_name():
        send('a1', 'b1', 'a2')
        with receiving('a') as receiver:
            equal(receiver.session.session_id, 'a')
            if not receiver.session.locked_until_utc > datetime.now(timezone.utc): raise Exception('the lock is over')
            def again():
                with receiving('a') as other: other.receive_messages(max_wait_time=1)
            refused(again, 'annot be')
            equal(text(take(receiver, 2)), 'a1a2')
        with receiving('b') as other: equal(text(take(other, 1)), 'b1')

    def next_available():
        threading.Timer(0.3, lambda: send('a1', 'b1')).start()
        with receiving(NEXT_AVAILABLE_SESSION) as first, receiving(NEXT_AVAILABLE_SESSION) as second:
            equal(first.session.session_id + second.session.session_id, 'ab')
            equal(text(take(first, 1)) + text(take(second, 1)), 'a1b1')

    def renew_and_lose():
        send('a1')
        with receiving('a') as receiver:
            before = receiver.session.locked_until_utc
            time.sleep(0.02)
            if not receiver.session.renew_lock() > before: raise Exception('the lock is no longer than before')
            message = one(receiver)
            time.sleep(10.1)
            refused(lambda: receiver.complete_message(message), 'ession')
        with receiving(NEXT_AVAILABLE_SESSION) as other:
            message = one(other)
            equal(message.delivery_count, 1)
            other.complete_message(message)

    def state():
        with receiving('s') as receiver:
            equal(receiver.session.get_state(), None)
            receiver.session.set_state('half')
        with receiving('s') as receiver:
            equal(bytes(receiver.session.get_state()), b'half')
            receiver.session.set_state(None)
            equal(receiver.session.get_state(), None)

    def within():
        send('a1', 'b1', 'a2', 'a3')
        with receiving('a') as receiver:
            equal(text(receiver.peek_messages(10)), 'a1a2a3')
            receiver.abandon_message(one(receiver))
            deferred = one(receiver)
            equal(str(deferred), 'a1')
            receiver.defer_message(deferred)
            receiver.dead_letter_message(one(receiver), reason='reason')
            equal(text(take(receiver, 1)), 'a3')
            receiver.complete_message(receiver.receive_deferred_messages([deferred.sequence_number])[0])
        with client.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER, max_wait_time=10) as dead:
            found = take(dead, 1)[0]
            equal([str(found), found.session_id, found.dead_letter_reason], ['a2', 'a', 'reason'])
        with receiving(NEXT_AVAILABLE_SESSION) as other: equal(text(take(other, 1)), 'b1')

    def schedule():
        with receiving('a') as receiver:
            sender.schedule_messages(ServiceBusMessage('a2', session_id='a'), datetime.now(timezone.utc) + timedelta(seconds=1))
            send('a1')
            equal(text(take(receiver, 2)), 'a1a2')

    def refusals():
        def accept():
            with client.get_queue_receiver(plain, session_id='s', max_wait_time=2) as its: its.receive_messages(max_wait_time=2)
        refused(accept, 'does not require sessions')
        def without():
            with client.get_queue_receiver(queue, max_wait_time=2) as its: its.receive_messages(max_wait_time=2)
        refused(without, 'non-sessionful')
        refused(lambda: sender.send_messages(ServiceBusMessage('x')), 'SessionId was not set')

    return [('a session by name', by_name), ('the next session', next_available), ('renew a session, and lose it', renew_and_lose),
            ('session state', state), ('peek, abandon, defer and dead-letter in a session', within), ('schedule into a session', schedule),
            ('sessions are refused where there are none, and needed where there are', refusals)]
