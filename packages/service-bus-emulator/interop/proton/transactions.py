# A message is received and another is sent, as a whole or not at all.
from proton import Message
from proton.handlers import MessagingHandler, TransactionHandler
from proton.reactor import Container

class Exchange(MessagingHandler, TransactionHandler):
    def __init__(self, url, queue, commits):
        super().__init__(prefetch=0, auto_accept=False)
        self.url, self.queue, self.commits, self.ended = url, queue, commits, None

    def on_start(self, event):
        self.connection = event.container.connect(self.url, allowed_mechs='ANONYMOUS', reconnect=False)
        self.sender = event.container.create_sender(self.connection, self.queue)
        event.container.create_receiver(self.connection, self.queue).flow(1)

    def on_message(self, event):
        self.delivery = event.delivery
        event.container.declare_transaction(self.connection, handler=self, settle_before_discharge=False)

    def on_transaction_declared(self, event):
        event.transaction.send(self.sender, Message(body='second'))
        event.transaction.accept(self.delivery)
        if self.commits: event.transaction.commit()
        else: event.transaction.abort()

    def end(self, how):
        self.ended = how
        self.connection.close()

    def on_transaction_committed(self, event): self.end('committed')
    def on_transaction_aborted(self, event): self.end('aborted')
    def on_transaction_commit_failed(self, event): self.end('failed')
    def on_transaction_declare_failed(self, event): self.end('not declared')

def exchange(url, queue, commits):
    handler = Exchange(url, queue, commits)
    Container(handler).run()
    return handler.ended
