/** Whether a URL's host name means this machine. Sources: RFC 6761, section 6.3 (localhost); RFC 1122, 3.2.1.3; RFC 4291, 2.5.3. */
export const isLoopback = (hostname: string): boolean =>
  /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[?::1\]?|\[?::ffff:(?:127(?:\.\d{1,3}){3}|7f[0-9a-f]{2}:[0-9a-f]{1,4})\]?)$/i.test(
    hostname,
  );
