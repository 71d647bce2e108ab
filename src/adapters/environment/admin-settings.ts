import type { Settings } from './settings.ts';

/** Who may use the page of operators. */
export interface AdminSettings {
  /** Whoever has it may look and act; undefined if it is not set. */
  readonly adminToken: string | undefined;
  /** Whether there is a page at all. `default`: on this machine, or behind the token; never in a Function App. */
  readonly adminApi: 'on' | 'off' | 'default';
}

export function readAdminSettings(settings: Settings): AdminSettings {
  const adminToken = settings.secret('ADMIN_TOKEN');
  if (adminToken !== undefined && !/^[\x21-\x7e]{16,200}$/.test(adminToken)) {
    settings.addProblem(
      'ADMIN_TOKEN',
      'ADMIN_TOKEN, which is not shown, must be 16 to 200 letters, digits and signs without blanks, as "openssl rand -hex 24" makes them.',
    );
  }
  return { adminToken, adminApi: settings.oneOf('ADMIN_API', 'default', ['on', 'off', 'default']) };
}
