import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import {
  decodeHandshakeAnswer,
  encodeHandshake,
  type HandshakeAnswer,
  type Hello,
  joinFrame,
  MAGIC,
  WIRE_VERSION,
} from '@group-services/wire';
import { within } from './eventually.js';

const LENGTH_BYTES = 4;

/** A socket without any manners, to say what no library of ours would say. */
export class RawConnection {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #received = Buffer.alloc(0);
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => {
      this.#received = Buffer.concat([this.#received, data]);
      this.#wake();
    });
    // A reset is one of the ways in which the other side may close.
    socket.on('error', () => {});
    this.#closed = new Promise((resolve) => {
      socket.on('close', () => {
        resolve();
        this.#wake();
      });
    });
  }

  /** With TLS when options for it are given. */
  static async open(address: string, tls?: ConnectionOptions): Promise<RawConnection> {
    const url = new URL(address);
    const end = { host: url.hostname, port: Number(url.port) };
    const plain = url.protocol === 'unix:' ? { path: url.pathname } : end;
    const socket = tls === undefined ? connect(plain) : connectTls({ ...end, ...tls });
    await new Promise((resolve, reject) => {
      socket.once(tls === undefined ? 'connect' : 'secureConnect', resolve);
      socket.once('error', reject);
    });
    return new RawConnection(socket);
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  writeFrame(body: Uint8Array): void {
    const head = Buffer.alloc(LENGTH_BYTES);
    head.writeUInt32BE(body.length);
    this.write(Buffer.concat([head, body]));
  }

  /** Reads nothing any more, until it is told to. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says HELLO, well-formed but for what is given, and waits for the answer. */
  async greet(hello: Partial<Hello>): Promise<HandshakeAnswer> {
    const whole: Hello = {
      kind: 'hello',
      magic: MAGIC,
      role: 'client',
      wire: { ...WIRE_VERSION },
      domain: 'default',
      features: [],
      ...hello,
    };
    this.writeFrame(joinFrame(encodeHandshake(whole)));
    const answer = decodeHandshakeAnswer(await this.frame());
    if (!answer.ok) throw new Error(answer.error);
    return answer.value;
  }

  /** Waits until the other side has closed. */
  async closed(): Promise<void> {
    await within('the connection is closed by the other side', this.#closed);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The next whole frame. */
  async frame(): Promise<Uint8Array> {
    const complete = new Promise<Uint8Array>((resolve, reject) => {
      this.#wake = () => {
        const frame = this.#takeFrame();
        if (frame !== undefined) resolve(frame);
        else if (this.#socket.destroyed) reject(new Error('closed before a whole frame came'));
      };
      this.#wake();
    });
    return await within('a frame comes', complete);
  }

  #takeFrame(): Uint8Array | undefined {
    if (this.#received.length < LENGTH_BYTES) return undefined;
    const end = LENGTH_BYTES + this.#received.readUInt32BE(0);
    if (this.#received.length < end) return undefined;
    const frame = new Uint8Array(this.#received.subarray(LENGTH_BYTES, end));
    this.#received = this.#received.subarray(end);
    return frame;
  }
}
