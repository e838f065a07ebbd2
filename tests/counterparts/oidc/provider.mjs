// An OpenID Connect provider (npm's oidc-provider) and a resource behind its tokens.
//   node provider.mjs FOLDER PORT FILE    FOLDER/node_modules has oidc-provider; FILE has clients and users, as JSON
//   There, too: `issuer`, where others call it by another address, below whose path it then is; `routes`, where its endpoints are.
// Beside the provider's own paths: GET /resource opens to a token that holds; POST /withdraw ends all tokens; GET /minted gives tokens of ada's, as if she had signed in.
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [folder, port, file] = process.argv.slice(2)
const { default: Provider, errors } = await import(pathToFileURL(join(folder, 'node_modules/oidc-provider/lib/index.js')))
const { clients, users, routes, issuer = `http://127.0.0.1:${port}` } = JSON.parse(readFileSync(file))
const below = new URL(issuer).pathname.replace(/\/$/, '')
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

const provider = new Provider(issuer, {
  clients,
  ...(routes ? { routes } : {}),
  features: { clientCredentials: { enabled: true }, introspection: { enabled: true }, devInteractions: { enabled: false } },
  enabledJWA: { clientAuthSigningAlgValues: ['HS256', 'RS256', 'ES256'] },
  scopes: ['openid', 'offline_access', 'read', 'write'],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  rotateRefreshToken: true,
  ttl: { ClientCredentials: 600, AccessToken: 600, RefreshToken: 600, Grant: 600 },
})

async function granted(client, accountId) {
  const grant = new provider.Grant({ clientId: client.clientId, accountId })
  grant.addOIDCScope('openid offline_access read')
  return grant.save()
}

async function answer(ctx, accountId) {
  const client = ctx.oidc.client
  const grantId = await granted(client, accountId)
  const token = new provider.AccessToken({ accountId, client, grantId, scope: ctx.oidc.params.scope ?? 'read', gty: ctx.oidc.params.grant_type })
  ctx.body = { access_token: await token.save(), expires_in: token.expiration, token_type: token.tokenType, scope: token.scope }
}

provider.registerGrantType('password', async (ctx) => {
  const { username, password } = ctx.oidc.params
  if (users[username] !== password) throw new errors.InvalidGrant('these are no credentials of a user')
  await answer(ctx, username)
}, ['username', 'password', 'scope'])

provider.registerGrantType(EXCHANGE, async (ctx) => {
  const subject = await provider.AccessToken.find(ctx.oidc.params.subject_token)
  if (!subject) throw new errors.InvalidGrant('the subject is not known')
  await answer(ctx, subject.accountId)
}, ['subject_token', 'subject_token_type', 'scope'])

const withdrawn = new Set()
const own = {
  'GET /resource': async (request) => {
    const value = (request.headers.authorization ?? '').replace(/^Bearer /, '')
    const token = (await provider.ClientCredentials.find(value)) ?? (await provider.AccessToken.find(value))
    if (!token || withdrawn.has(value)) return [401, { error: 'invalid_token', was: value }]
    seen.add(value)
    return [200, { client: token.clientId, user: token.accountId ?? null, scope: token.scope ?? null }]
  },
  'POST /withdraw': async () => { seen.forEach((one) => withdrawn.add(one)); return [200, {}] },
  'GET /minted': async (_, query) => {
    const client = await provider.Client.find(query.get('client'))
    const token = { accountId: 'ada', client, grantId: await granted(client, 'ada'), scope: 'openid offline_access read', gty: 'authorization_code' }
    return [200, { refresh: await new provider.RefreshToken(token).save(), access: await new provider.AccessToken(token).save() }]
  },
}
const seen = new Set()

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer)
  const found = own[`${request.method} ${pathname}`]
  if (!found) {
    request.originalUrl = request.url
    request.baseUrl = below
    request.url = request.url.slice(below.length)
    return provider.callback()(request, response)
  }
  const [status, body] = await found(request, searchParams)
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}).listen(Number(port), '127.0.0.1')
