import type { GroupServices } from '@group-services/client';
import { type Entrance, type Presence, presence } from '@group-services/recipes';
import express, { type Express } from 'express';

// A page that shows which servers of a fleet are up, from any of them.

interface Server {
  readonly version: string;
  readonly since: string;
}

export interface PresencePage {
  readonly app: Express;
  readonly servers: Presence<Server>;
  readonly own: Entrance<Server>;
}

/** An express application that lists the servers at `/presence`. */
export async function presencePage(
  services: GroupServices,
  version: string,
): Promise<PresencePage> {
  const servers = await presence<Server>(services, 'servers');
  const own = await servers.enter({ version, since: new Date().toISOString() });
  const app = express();
  app.get('/presence', (_request, response) => {
    response.json(servers.list().map(({ id, metadata }) => ({ id, ...metadata })));
  });
  return { app, servers, own };
}
