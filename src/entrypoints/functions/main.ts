import { registerFunctions } from './register-functions.ts';

registerFunctions();
