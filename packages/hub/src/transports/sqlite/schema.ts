import type { Database } from 'better-sqlite3';
import { HubError } from '../../diagnostics/errors.ts';

/** Marks the file as a hub's history ("CaHi"), so that no other program's database is taken for one. */
const APPLICATION_ID = 0x43614869;
const VERSION = 2;

/** `data` comes last: what discarding looks at is found without reading through it. */
const VERSION_1 = `
  create table event (
    position integer primary key,
    id text not null,
    published_at integer not null,
    bytes integer not null,
    bytes_until integer not null,
    topics text not null,
    type text,
    retry integer,
    private integer not null,
    data text not null
  ) strict;
  create index event_id on event (id);
  create table probe (written_at integer not null) strict;
  insert into probe values (0);
`;

/** The event that was discarded last: whoever stands there has lost nothing yet. */
const VERSION_2 = `
  create table discarded (position integer not null, id text not null) strict;
`;

export const SCHEMA = {
  /**
   * Makes the tables in a new file and checks those of an existing one.
   *
   * @throws HubError `history_unusable` when the file belongs to something else or to a later version
   */
  apply(database: Database): void {
    const make = () => {
      const application = database.pragma('application_id', { simple: true });
      const version = database.pragma('user_version', { simple: true }) as number;
      if (application === APPLICATION_ID && version === VERSION) return;
      if (application === APPLICATION_ID && version > VERSION) {
        throw new HubError('history_unusable', `${database.name} was written by a later version of the hub`);
      }
      if (application === APPLICATION_ID) {
        database.exec(VERSION_2);
        database.pragma(`user_version = ${VERSION}`);
        return;
      }
      const tables = database.prepare('select count(*) from sqlite_schema').pluck().get();
      if (application !== 0 || tables !== 0) {
        throw new HubError('history_unusable', `${database.name} is the database of something else`);
      }
      database.exec(VERSION_1 + VERSION_2);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${VERSION}`);
    };
    database.transaction(make).immediate();
  },
};
