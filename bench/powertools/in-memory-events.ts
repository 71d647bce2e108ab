export { makeGuardOfEvents as makeGuard } from './in-memory.ts';
