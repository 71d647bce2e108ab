import { Receiver } from 'rhea-promise';

/**
 * Lets a link that is gone have no address. In rhea-promise 3.0.3 it throws instead, and @azure/core-amqp 4.x asks for it, with
 * a text in reserve, when a request is given up whose connection has just broken: within the listener of an AbortSignal, so
 * that the error ends the process, and after the request's own time limit was called off, so that it would never end.
 */
Object.defineProperty(Object.getPrototypeOf(Receiver.prototype), 'address', {
  configurable: true,
  get(this: Receiver): string | undefined {
    return this.source?.address;
  },
});
