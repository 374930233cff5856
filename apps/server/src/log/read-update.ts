import * as decoding from 'lib0/decoding';
import { malformed, RefusedUpdate } from './refused-update.ts';

/** Told about everything in a Yjs update, in the order of its bytes: the structs of each client, then what is deleted. */
export interface UpdateVisitor {
  /** Client `client`'s elements from `clock` up to `end` (exclusive). */
  struct(client: number, clock: number, end: number): void;
  /** The struct of `client` at `clock` cannot be integrated before element `onClock` of `onClient` is there. */
  dependency?(client: number, clock: number, onClient: number, onClock: number): void;
  deletion?(client: number, clock: number, end: number): void;
}

/** Bits of a struct's info byte (yjs, `Item.write`). */
const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
const HAS_PARENT_SUB = 0x20;
const CONTENT_KIND = 0x1f;

/** The root type of the former format: whoever writes to it has been open since before the server was updated. */
export const FORMER_ROOT = 'content';

const GC = 0;
const SKIP = 10;

/** Values inside values: far more than an editor writes, far less than a browser's stack holds. */
const MAX_VALUE_DEPTH = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a Yjs update (version 1 encoding) from its first byte to its last without building any of it. Time and memory
 * are bounded by the number of bytes, whatever counts they declare.
 *
 * @param rootName - the only root type that structs may belong to
 * @throws RefusedUpdate `update_malformed`, or `update_foreign` for another root type or a document inside a document
 */
export function readUpdate(bytes: Uint8Array, rootName: string, visitor: UpdateVisitor): void {
  try {
    const reader = new UpdateReader(bytes, rootName, visitor);
    reader.structs();
    reader.deletions();
    reader.end();
  } catch (error) {
    if (error instanceof RefusedUpdate) throw error;
    // lib0 ran out of bytes, a string was not UTF-8, a JSON text was none.
    throw malformed((error as Error).message);
  }
}

class UpdateReader {
  readonly #decoder: decoding.Decoder;
  readonly #rootName: string;
  readonly #visitor: UpdateVisitor;

  constructor(bytes: Uint8Array, rootName: string, visitor: UpdateVisitor) {
    this.#decoder = decoding.createDecoder(bytes);
    this.#rootName = rootName;
    this.#visitor = visitor;
  }

  structs() {
    const seen = new Set<number>();
    for (let blocks = this.#number(); blocks > 0; blocks--) {
      const count = this.#number();
      const client = this.#number();
      // Yjs keeps only the last block of a client, so that the earlier ones would get lost.
      if (seen.has(client)) throw malformed('a client appears twice');
      seen.add(client);
      let clock = this.#number();
      for (let i = 0; i < count; i++) clock = this.#struct(client, clock);
    }
  }

  deletions() {
    for (let clients = this.#number(); clients > 0; clients--) {
      const client = this.#number();
      for (let ranges = this.#number(); ranges > 0; ranges--) {
        const clock = this.#number();
        const end = this.#endOf(clock, this.#number());
        this.#visitor.deletion?.(client, clock, end);
      }
    }
  }

  end() {
    if (decoding.hasContent(this.#decoder)) throw malformed('there are bytes after its end');
  }

  #struct(client: number, clock: number): number {
    const info = this.#byte();
    const kind = info & CONTENT_KIND;
    if (kind === GC || kind === SKIP) {
      if (info !== kind) throw malformed('unknown flags');
      const end = this.#endOf(clock, this.#number());
      if (kind === GC) this.#visitor.struct(client, clock, end);
      return end;
    }
    if (info & HAS_ORIGIN) this.#dependency(client, clock);
    if (info & HAS_RIGHT_ORIGIN) this.#dependency(client, clock);
    if (!(info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN))) {
      this.#parent(client, clock);
      if (info & HAS_PARENT_SUB) this.#string();
    }
    const end = this.#endOf(clock, this.#contentLength(kind));
    this.#visitor.struct(client, clock, end);
    return end;
  }

  #dependency(client: number, clock: number) {
    const onClient = this.#number();
    const onClock = this.#number();
    this.#visitor.dependency?.(client, clock, onClient, onClock);
  }

  #parent(client: number, clock: number) {
    const isRoot = this.#number();
    if (isRoot > 1) throw malformed('unknown kind of parent');
    if (isRoot === 0) return this.#dependency(client, clock);
    const name = this.#string();
    if (name === this.#rootName) return;
    throw new RefusedUpdate(
      'update_foreign',
      name === FORMER_ROOT
        ? 'The page is older than the server: copy what you need, then reload it'
        : `it writes to ${JSON.stringify(name.slice(0, 50))}`,
    );
  }

  /** Reads the content of an item; gives the number of elements in it. */
  #contentLength(kind: number): number {
    switch (kind) {
      case 1: // ContentDeleted
        return this.#number();
      case 2: // ContentJSON
        return this.#each(() => {
          const json = this.#string();
          if (json !== 'undefined') JSON.parse(json);
        });
      case 3: // ContentBinary
        this.#bytes();
        return 1;
      case 4: // ContentString
        return this.#string().length;
      case 5: // ContentEmbed
        JSON.parse(this.#string());
        return 1;
      case 6: // ContentFormat
        this.#string();
        JSON.parse(this.#string());
        return 1;
      case 7: // ContentType
        this.#typeName();
        return 1;
      case 8: // ContentAny
        return this.#each(() => this.#value(0));
      case 9: // ContentDoc
        throw new RefusedUpdate('update_foreign', 'it contains a document of its own');
      default:
        throw malformed('unknown kind of content');
    }
  }

  #typeName() {
    const type = this.#number();
    if (type > 6) throw malformed('unknown shared type');
    // YXmlElement and YXmlHook carry a name.
    if (type === 3 || type === 5) this.#string();
  }

  /** Reads one value of lib0's "any" encoding. */
  #value(depth: number): void {
    if (depth > MAX_VALUE_DEPTH) throw malformed('values are nested too deeply');
    const type = this.#byte();
    switch (type) {
      case 127: // undefined
      case 126: // null
      case 121: // false
      case 120: // true
        return;
      case 125: // integer
        this.#signedNumber();
        return;
      case 124: // float32
        this.#skip(4);
        return;
      case 123: // float64
      case 122: // bigint64
        this.#skip(8);
        return;
      case 119:
        this.#string();
        return;
      case 118: // object
        this.#each(() => {
          this.#string();
          this.#value(depth + 1);
        });
        return;
      case 117: // array
        this.#each(() => this.#value(depth + 1));
        return;
      case 116:
        this.#bytes();
        return;
      default:
        throw malformed('unknown kind of value');
    }
  }

  /** Reads a count, and an entry as often. Every entry takes a byte at least, so the count cannot run away. */
  #each(entry: () => void): number {
    const count = this.#number();
    for (let i = 0; i < count; i++) entry();
    return count;
  }

  #endOf(clock: number, length: number): number {
    if (length === 0) throw malformed('something in it is empty');
    const end = clock + length;
    if (!Number.isSafeInteger(end)) throw malformed('a number is out of range');
    return end;
  }

  #number(): number {
    const value = decoding.readVarUint(this.#decoder);
    if (!Number.isSafeInteger(value)) throw malformed('a number is out of range');
    return value;
  }

  #signedNumber() {
    this.#peek();
    decoding.readVarInt(this.#decoder);
  }

  #string(): string {
    return utf8.decode(this.#bytes());
  }

  #bytes(): Uint8Array {
    return decoding.readVarUint8Array(this.#decoder);
  }

  #byte(): number {
    this.#peek();
    return decoding.readUint8(this.#decoder);
  }

  #peek() {
    if (!decoding.hasContent(this.#decoder)) throw malformed('it ends too early');
  }

  #skip(length: number) {
    decoding.readUint8Array(this.#decoder, length);
  }
}
