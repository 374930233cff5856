# The application with its hub and database; see docker-compose.yml for nginx in front of it.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/server/package.json apps/server/
COPY apps/web/package.json apps/web/
COPY e2e/package.json e2e/
COPY packages/editor-schema/package.json packages/editor-schema/
COPY packages/hub/package.json packages/hub/
COPY packages/mercure-client/package.json packages/mercure-client/
COPY packages/protocol/package.json packages/protocol/
COPY packages/testing/package.json packages/testing/
COPY packages/y-mercure/package.json packages/y-mercure/
COPY packages/y-prose/package.json packages/y-prose/
RUN npm ci
COPY tsconfig.base.json turbo.json ./
COPY packages packages
COPY apps apps
RUN npm run build --workspace @cahier/web && npm prune --omit=dev

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production APP_ENV=prod DATA_DIR=/data
COPY --from=build /app /app
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
CMD ["node", "--max-semi-space-size=4", "--conditions=@cahier/source", "apps/server/src/main.ts"]
