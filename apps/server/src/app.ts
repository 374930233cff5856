import type { RequestListener } from 'node:http';
import { HUB_PATH } from '@cahier/protocol';
import compression from 'compression';
import express, { type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { CodedError } from './errors.ts';
import { directEdits, failureOf } from './http/direct-edits.ts';
import { hubElsewhere } from './http/hub-elsewhere.ts';
import { refuseCrossOrigin } from './http/origin.ts';
import { problemHandler } from './http/problems.ts';
import { registerOperations } from './http/register.ts';
import { beginRequest } from './http/request-log.ts';
import { serveWebApp } from './http/web-app.ts';
import { configHandlers, registerAbout } from './routes/about/index.ts';
import { accessRequestHandlers } from './routes/access-requests/index.ts';
import { documentHandlers } from './routes/documents/index.ts';
import { memberHandlers } from './routes/members/index.ts';
import { registerMetrics } from './routes/metrics/index.ts';
import { sessionHandlers } from './routes/session/index.ts';
import { syncHandlers } from './routes/sync/index.ts';
import type { Services } from './services.ts';

export interface AppDependencies {
  readonly config: Config;
  readonly services: Services;
  readonly logger: Logger;
  /** The application's own address, without a trailing slash. */
  readonly publicUrl: () => string;
  /** Directory of the built web application. */
  readonly webDirectory: string;
  /** Whether the process is about to end, so that nothing new is begun. Default: never. */
  readonly isShuttingDown?: () => boolean;
  /** Whether answers are checked against their schemas, too: a test's business. Default: false. */
  readonly validateAnswers?: boolean;
}

/** The whole application as one request handler. It listens nowhere and reads no environment. */
export function createApp({
  config,
  services,
  logger,
  publicUrl,
  webDirectory,
  isShuttingDown = () => false,
  validateAnswers = false,
}: AppDependencies): RequestListener {
  const { accessRequests, accounts, comparisons, documents, presence, publisher, tokens } = services;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', [...config.trustedProxies]);

  app.use((request, response, next) => {
    response.locals.requestId = beginRequest(request, response, logger);
    next();
  });
  app.use((_request, response, next) => {
    if (!isShuttingDown()) return next();
    response.set('connection', 'close');
    throw new CodedError('shutting_down', { retryAfterSeconds: 2 });
  });
  app.use(securityHeaders(config));
  app.use((request, _response, next) => next(failureOf(request)));
  const hub = services.hub.handler ?? hubElsewhere(config.hub.publicUrl);
  // Before compression, which would hold back events.
  app.use((request, response, next) => {
    const isHub = request.path === '/healthz' || isUnder(request.path, HUB_PATH);
    if (isHub) hub(request, response, next);
    else next();
  });
  app.use(compression());

  registerAbout(app, services.accountRepository, publicUrl);
  if (config.metricsToken !== undefined) registerMetrics(app, services, config.metricsToken);
  app.use('/api', refuseCrossOrigin(publicUrl));
  const handlers = {
    ...configHandlers({ environment: config.environment, usersAreSeeded: config.seedUsers }),
    ...sessionHandlers(accounts),
    ...documentHandlers(documents),
    ...memberHandlers(documents),
    ...accessRequestHandlers(accessRequests),
    ...syncHandlers({ comparisons, documents, logger, presence, publisher, tokens }),
  };
  registerOperations(app, handlers, { accounts, validateAnswers });
  serveWebApp(app, webDirectory);
  app.use(problemHandler(logger));
  return directEdits(app, { accounts, documents, logger, isShuttingDown });
}

const isUnder = (path: string, parent: string) => path === parent || path.startsWith(`${parent}/`);

/**
 * Everything from this origin only, but for the event stream of a hub that runs elsewhere. Inline `style` attributes
 * remain allowed: editors size columns with them.
 */
function securityHeaders({ publicUrl, hub }: Config): RequestHandler {
  const isHttps = publicUrl?.startsWith('https:') ?? false;
  const hubOrigin = URL.parse(hub.publicUrl)?.origin;
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'self'"],
        connectSrc: ["'self'", ...(hubOrigin === undefined ? [] : [hubOrigin])],
        fontSrc: ["'self'", 'data:'],
        formAction: ["'self'"],
        frameAncestors: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'"],
        styleSrcAttr: ["'unsafe-inline'"],
        workerSrc: ["'self'", 'blob:'],
      },
    },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // Browsers ignore both over plain HTTP, with a complaint in the console.
    crossOriginOpenerPolicy: isHttps ? { policy: 'same-origin' } : false,
    originAgentCluster: isHttps,
  });
}
