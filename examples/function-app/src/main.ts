import { registerFunctions } from 'immutable-service-bus/functions';
import { handleOrder } from './handle-order.ts';

registerFunctions({ handler: handleOrder });
