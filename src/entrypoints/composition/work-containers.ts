/** The containers of the storage account that the shipped handlers write to. Locks are kept in another one. */
export const workContainers = { archive: 'processed', effects: 'effects' } as const;
