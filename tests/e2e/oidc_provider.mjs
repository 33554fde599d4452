// SPDX-License-Identifier: Apache-2.0
// A real OpenID provider for oidc_test.py, which copies this file beside the npm package `oidc-provider` and
// starts it. Argument: a JSON file {issuer, redirect, secret, alg, claims_in_token, people, key, certificate};
// `people` is a file too, read anew at every login: {"ada": {"groups": ["…"]}}. Prints "ready".
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import { Provider } from "oidc-provider";

const wish = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));

function key(kind, options, alg) {
  const jwk = crypto.generateKeyPairSync(kind, options).privateKey.export({ format: "jwk" });
  return { ...jwk, kid: alg, alg, use: "sig" };
}

const provider = new Provider(wish.issuer, {
  clients: [{
    client_id: "daybook",
    client_secret: wish.secret,
    redirect_uris: [wish.redirect],
    id_token_signed_response_alg: wish.alg,
  }],
  jwks: { keys: [key("rsa", { modulusLength: 2048 }, "RS256"), key("ec", { namedCurve: "P-256" }, "ES256")] },
  cookies: { keys: [crypto.randomBytes(16).toString("hex")] },
  pkce: { required: () => true },
  claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"] },
  conformIdTokenClaims: !wish.claims_in_token,
  async findAccount(_, id) {
    const person = JSON.parse(fs.readFileSync(wish.people, "utf8"))[id] ?? {};
    return {
      accountId: id,
      claims: async () => ({ sub: id, preferred_username: id, name: person.name ?? id, groups: person.groups ?? [],
        ...person.claims }),
    };
  },
});
const answer = provider.callback();
const server = wish.key
  ? https.createServer({ key: fs.readFileSync(wish.key), cert: fs.readFileSync(wish.certificate) }, answer)
  : http.createServer(answer);
server.listen(new URL(wish.issuer).port, "127.0.0.1", () => console.log("ready"));
