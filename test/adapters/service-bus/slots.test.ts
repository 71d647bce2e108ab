import { describe, expect, it } from 'vitest';
import { DeliverySlot } from '../../../src/adapters/service-bus/slot.ts';
import { Slots } from '../../../src/adapters/service-bus/slots.ts';

describe('Slots', () => {
  it('are given in the order of asking', async () => {
    const slots = new Slots(1, () => {});
    const order: string[] = [];
    const take = (name: string) => slots.take().then(() => order.push(name));
    await take('first');
    const others = [take('second'), take('third')];
    slots.release();
    slots.release();
    await Promise.all(others);
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('are not free in between when somebody waits', async () => {
    let timesFree = 0;
    const slots = new Slots(1, () => {
      timesFree += 1;
    });
    await slots.take();
    const waits = slots.take();
    slots.release();
    expect(slots.free).toBe(0);
    await waits;
    expect(timesFree).toBe(0);
    slots.release();
    expect([slots.free, timesFree]).toEqual([1, 1]);
  });
});

describe('DeliverySlot', () => {
  it('parks once and unparks once, however often it is told', async () => {
    const slots = new Slots(2, () => {});
    let timesParked = 0;
    const slot = new DeliverySlot(slots, () => {
      timesParked += 1;
    });
    await Promise.all([slot.unpark(), slot.unpark()]);
    expect(slots.free).toBe(1);
    slot.park();
    slot.park();
    await Promise.resolve();
    expect([slots.free, timesParked]).toEqual([2, 1]);
  });

  it('gives a slot back that it gets only after its delivery has ended', async () => {
    const slots = new Slots(1, () => {});
    await slots.take();
    const slot = new DeliverySlot(slots, () => {});
    const unparked = slot.unpark();
    slot.end();
    slots.release();
    await unparked;
    await Promise.resolve();
    expect(slots.free).toBe(1);
  });
});
