# The operations on a queue with sessions; `plain` is one without. Named after what is the same in the other clients.
import time
from proton import Delivery, Message, int32, symbol, timestamp
from proton.reactor import Filter
from management import done, longs, request

session_filter = symbol('com.microsoft:session-filter')

def session_operations(connection, queue, plain, receive, equal, refused):
    sender = connection.create_sender(queue, name='to-sessions')
    dead_letters = queue + '/$DeadLetterQueue'

    def send(*texts):
        for text in texts: sender.send(Message(body=text, group_id=text[0]))

    class Receiving:
        """A receiver of a session: by its name, or of the next."""
        def __init__(self, session):
            self.receiver = connection.create_receiver(queue, name=f'session-{time.time()}', options=Filter({session_filter: session}))
            applied = self.receiver.link.remote_source.filter
            applied.rewind(); applied.next()
            self.id = applied.get_dict()[session_filter]
        def __enter__(self): return self
        def __exit__(self, *_): self.receiver.close()
        def take(self): return receive(self.receiver).body
        def settle(self, outcome, undeliverable=False):
            message = receive(self.receiver, settle=False)
            delivery = self.receiver.fetcher.unsettled.popleft()
            delivery.local.undeliverable = undeliverable
            delivery.update(outcome)
            connection.wait(lambda: delivery.settled) # this client would ask for the next message before it says that
            delivery.settle()
            return message

    def by_name():
        send('a1', 'b1', 'a2')
        with Receiving('a') as its:
            equal(its.id, 'a')
            ticks = its.receiver.link.remote_properties[symbol('com.microsoft:locked-until-utc')]
            if not (ticks - 621355968000000000) / 10_000_000 > time.time(): raise Exception('the lock is over')
            refused(lambda: Receiving('a'), 'cannot be accepted')
            equal(its.take() + its.take(), 'a1a2')
        with Receiving('b') as its: equal(its.take(), 'b1')

    def next_available():
        send('a1', 'b1')
        with Receiving(None) as first, Receiving(None) as second:
            equal(first.id + second.id, 'ab')
            equal(first.take() + second.take(), 'a1b1')

    def renew_and_lose():
        send('a1')
        with Receiving('a') as its:
            before = time.time() * 1000
            if not done(connection, queue, 'renew-session-lock', {'session-id': 'a'})['expiration'] > before: raise Exception('it is no longer')
            equal(receive(its.receiver, settle=False).delivery_count, 0)
            refused(lambda: connection.wait(lambda: False, timeout=12), 'session-lock-lost')
        with Receiving(None) as its: equal(receive(its.receiver).delivery_count, 1)

    def state():
        with Receiving('s'):
            equal(done(connection, queue, 'get-session-state', {'session-id': 's'}), {'session-state': None})
            done(connection, queue, 'set-session-state', {'session-id': 's', 'session-state': b'half'})
        equal(request(connection, queue, 'get-session-state', {'session-id': 's'})[0], 410)
        with Receiving('s'):
            equal(done(connection, queue, 'get-session-state', {'session-id': 's'})['session-state'], b'half')
            done(connection, queue, 'set-session-state', {'session-id': 's', 'session-state': None})

    def within():
        send('a1', 'b1', 'a2', 'a3')
        with Receiving('a') as its:
            peeked = done(connection, queue, 'peek-message', {'session-id': 'a', 'from-sequence-number': 1, 'message-count': int32(10)})
            equal(len(peeked['messages']), 3)
            its.settle(Delivery.MODIFIED)
            deferred = its.settle(Delivery.MODIFIED, undeliverable=True)
            equal([deferred.body, deferred.delivery_count], ['a1', 1])
            its.settle(Delivery.REJECTED)
            equal(its.take(), 'a3')
            number = deferred.annotations[symbol('x-opt-sequence-number')]
            received = done(connection, queue, 'receive-by-sequence-number', {'session-id': 'a', 'sequence-numbers': longs(number), 'receiver-settle-mode': int32(0)})
            equal(len(received['messages']), 1)
        dead = connection.create_receiver(dead_letters, name='dead-sessions')
        found = receive(dead)
        equal([found.body, found.group_id], ['a2', 'a'])
        dead.close()
        with Receiving(None) as its: equal(its.take(), 'b1')

    def schedule():
        with Receiving('a') as its:
            later = Message(body='a2', id='a2', group_id='a', annotations={symbol('x-opt-scheduled-enqueue-time'): timestamp(int((time.time() + 1) * 1000))})
            done(connection, queue, 'schedule-message', {'messages': [{'message-id': 'a2', 'session-id': 'a', 'message': later.encode()}]})
            send('a1')
            equal(its.take() + its.take(), 'a1a2')

    def listing():
        send('a1', 'b1')
        end_of_time = timestamp(253402300799999)
        equal(list(done(connection, queue, 'get-message-sessions', {'last-updated-time': end_of_time, 'skip': int32(0), 'top': int32(10)})['sessions-ids']), ['a', 'b'])
        for session in 'ab':
            with Receiving(session) as its: its.take()

    def refusals():
        refused(lambda: connection.create_receiver(plain, name='s', options=Filter({session_filter: 's'})), 'does not require sessions')
        refused(lambda: connection.create_receiver(queue, name='n'), 'non-sessionful')
        try:
            sender.send(Message(body='x'))
        except Exception as error:
            equal(error.state, Delivery.REJECTED)
            return
        raise Exception('it is not refused')

    return [('a session by name', by_name), ('the next session', next_available), ('renew a session, and lose it', renew_and_lose),
            ('session state', state), ('peek, abandon, defer and dead-letter in a session', within), ('schedule into a session', schedule),
            ('list the sessions', listing), ('sessions are refused where there are none, and needed where there are', refusals)]
