/** The one execution that a lock belongs to. New for every execution: never a host, a process or a delivery. */
export type OwnerId = string & { readonly kind: 'OwnerId' };

/** Whose write a stored record is, and which of that owner's writes: `<owner>:<seq>`, seq from 1. */
export type WriteId = `${string}:${number}` & { readonly kind: 'WriteId' };

export const ownerId = (value: string): OwnerId => value as OwnerId;
export const writeId = (owner: OwnerId, seq: number): WriteId => `${owner}:${seq}` as WriteId;
