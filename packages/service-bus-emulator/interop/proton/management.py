# Requests to the management node of an entity, as an SDK makes them.
import itertools
from proton import Array, Data, Message, UNDESCRIBED

numbers = itertools.count()

def longs(*values): return Array(UNDESCRIBED, Data.LONG, *values)
def uuids(*values): return Array(UNDESCRIBED, Data.UUID, *values)

def request(connection, entity, operation, body):
    """The status and the body of the reply."""
    number = next(numbers)
    requests = connection.create_sender(entity + '/$management', name=f'requests-{number}')
    replies = connection.create_receiver(entity + '/$management', name=f'replies-{number}', credit=1)
    requests.send(Message(id='request', reply_to=f'replies-{number}', properties={'operation': f'com.microsoft:{operation}'}, body=body))
    reply = replies.receive(timeout=10)
    replies.accept()
    requests.close(); replies.close()
    return reply.properties['statusCode'], reply.body

def done(connection, entity, operation, body):
    status, answer = request(connection, entity, operation, body)
    if status != 200: raise Exception(f'{operation} is answered with {status}')
    return answer
