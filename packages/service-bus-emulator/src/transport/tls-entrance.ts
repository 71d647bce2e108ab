import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { Log } from '../log.ts';
import { type Certificate, makeCertificate } from './certificate.ts';

/** Lets clients in that speak TLS. The certificate, if none is given, is made when it is first asked for. */
export class TlsEntrance {
  readonly #log: Log;
  #certificate: Promise<Certificate> | undefined;
  #secrets: Promise<Secrets> | undefined;

  constructor(given: Certificate | undefined, log: Log) {
    this.#certificate = given && Promise.resolve(given);
    this.#log = log;
  }

  /** Always the same one. */
  certificate(): Promise<Certificate> {
    this.#certificate ??= makeCertificate();
    return this.#certificate;
  }

  /** Gives the stream within TLS to `onSecure`, before anything is known of what comes on it. */
  enter(socket: Socket, onSecure: (secure: TLSSocket) => void): void {
    this.#secrets ??= this.#load();
    this.#secrets.then(
      ({ tls, secureContext }) => {
        const secure = new tls.TLSSocket(socket, { isServer: true, secureContext });
        secure.on('error', (error) => {
          if (!isHangUp(error)) this.#log(`A client on TLS is lost: ${error.message}`);
          socket.destroy();
        });
        onSecure(secure);
      },
      (error: unknown) => {
        this.#log(`TLS cannot be spoken: ${error instanceof Error ? error.message : String(error)}`);
        socket.destroy();
      },
    );
  }

  async #load(): Promise<Secrets> {
    const [tls, certificate] = await Promise.all([import('node:tls'), this.certificate()]);
    return { tls, secureContext: tls.createSecureContext(certificate) };
  }
}

/** A client that hangs up without a goodbye is nothing that the log has to say. */
const isHangUp = ({ code }: NodeJS.ErrnoException): boolean => code === 'EPIPE' || code === 'ECONNRESET';

interface Secrets {
  readonly tls: typeof import('node:tls');
  readonly secureContext: SecureContext;
}
