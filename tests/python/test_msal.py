"""Microsoft's own client signs in against entra-sim: else it would not be like Entra."""

import base64
import json
import os
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

import msal
import requests

REDIRECT_URI = "http://localhost:8080/callback"
AKS = "6dae42f8-4368-4678-94ff-3960e28e3630"


class Simulator:
    """A running entra-sim."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory()
        command = [os.environ["ENTRA_SIM_BIN"], "--dir", self.directory.name]
        command += ["--redirect-uri", REDIRECT_URI]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.facts = json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.directory.cleanup()

    def control(self, what, body):
        request = urllib.request.Request(
            f"{self.facts['http']}/_sim/{what}",
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        urllib.request.urlopen(request).close()

    def federated_token(self):
        with open(self.facts["federated_token_file"], encoding="ascii") as file:
            return file.read()

    def client(self, assertion=None):
        # Told by a session: the environment's CA bundle would win over MSAL's own `verify`.
        session = requests.Session()
        session.trust_env = False
        session.verify = self.facts["ca_file"]
        return msal.ConfidentialClientApplication(
            self.facts["client_id"],
            authority=f"{self.facts['https']}/{self.facts['tenant_id']}",
            client_credential={"client_assertion": assertion or self.federated_token},
            http_client=session,
            instance_discovery=False,
        )


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class MsalTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator()

    @classmethod
    def tearDownClass(cls):
        cls.sim.stop()

    def setUp(self):
        self.sim.control("reset", {})

    def open(self, address, form=None):
        """Status, Location and text of an answer."""
        http = address.replace(self.sim.facts["https"], self.sim.facts["http"])
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            answer = urllib.request.build_opener(NoRedirect).open(http, data=data)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers.get("location"), answer.read().decode()

    def authorize(self, flow, form=None):
        status, location, _ = self.open(flow["auth_uri"], form)
        self.assertEqual(status, 302)
        query = urllib.parse.urlsplit(location).query
        return dict(urllib.parse.parse_qsl(query))

    def sign_in(self, client, user="alice"):
        flow = client.initiate_auth_code_flow([], REDIRECT_URI, login_hint=f"{user}@contoso.example")
        return client.acquire_token_by_auth_code_flow(flow, self.authorize(flow))

    def test_signs_in_and_gets_an_aks_token_silently(self):
        client = self.sim.client()
        result = self.sign_in(client)
        self.assertEqual(result["id_token_claims"]["preferred_username"], "alice@contoso.example")
        (account,) = client.get_accounts()
        aks = client.acquire_token_silent_with_error([f"{AKS}/.default"], account)
        self.assertEqual(aks["token_type"], "Bearer")
        self.assertIn(f"{AKS}/user.read", aks["scope"])
        cached = client.acquire_token_silent([f"{AKS}/.default"], account)
        self.assertEqual(cached["access_token"], aks["access_token"])

    def test_instance_discovery_knows_this_host(self):
        answer = self.open(
            f"{self.sim.facts['http']}/common/discovery/instance?api-version=1.1"
            f"&authorization_endpoint={self.sim.facts['http']}/{self.sim.facts['tenant_id']}"
            "/oauth2/v2.0/authorize"
        )
        self.assertEqual(answer[0], 200)
        self.assertIn("tenant_discovery_endpoint", json.loads(answer[2]))

    def test_the_picker_signs_in_whom_one_picks(self):
        client = self.sim.client()
        flow = client.initiate_auth_code_flow([], REDIRECT_URI, prompt="select_account")
        _, _, page = self.open(flow["auth_uri"])
        self.assertIn("Pick an account", page)
        result = client.acquire_token_by_auth_code_flow(flow, self.authorize(flow, {"user": "bob"}))
        self.assertEqual(result["id_token_claims"]["name"], "Bob Example")

    def test_bob_has_to_consent_and_then_has(self):
        client = self.sim.client()
        self.sign_in(client, "bob")
        (account,) = client.get_accounts()
        refused = client.acquire_token_silent_with_error([f"{AKS}/.default"], account)
        self.assertEqual(refused["error"], "invalid_grant")
        self.assertEqual(refused["suberror"], "consent_required")
        self.assertEqual(refused["error_codes"], [65001])
        flow = client.initiate_auth_code_flow([f"{AKS}/.default"], REDIRECT_URI)
        answer = self.authorize(flow, {"user": "bob", "decision": "accept"})
        result = client.acquire_token_by_auth_code_flow(flow, answer)
        self.assertIn(f"{AKS}/user.read", result["scope"])

    def test_who_declines_or_may_not_consent_is_sent_back(self):
        client = self.sim.client()
        for user, decision, code in [("bob", "cancel", "65004"), ("carol", "return", "90094")]:
            flow = client.initiate_auth_code_flow([f"{AKS}/.default"], REDIRECT_URI)
            answer = self.authorize(flow, {"user": user, "decision": decision})
            self.assertEqual(answer["error"], "access_denied")
            self.assertIn(f"AADSTS{code}", answer["error_description"])
            result = client.acquire_token_by_auth_code_flow(flow, answer)
            self.assertEqual(result["error"], "access_denied")

    def device(self):
        """Microsoft's application for kubelogin, and a flow that it has begun."""
        session = requests.Session()
        session.trust_env = False
        session.verify = self.sim.facts["ca_file"]
        app = msal.PublicClientApplication(
            "80faf920-1908-4b52-b5ef-a8e7bedfc67a",
            authority=f"{self.sim.facts['https']}/{self.sim.facts['tenant_id']}",
            http_client=session,
            instance_discovery=False,
        )
        flow = app.initiate_device_flow([f"{AKS}/.default"])
        self.assertIn(flow["user_code"], flow["message"])
        self.assertIn(flow["verification_uri"], flow["message"])
        return app, flow

    def test_a_device_gets_its_token_once_somebody_has_entered_the_code(self):
        app, flow = self.device()
        waiting = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
        self.assertEqual(waiting["error"], "authorization_pending")
        self.assertEqual(waiting["error_codes"], [70016])
        page = self.sim.facts["http"] + "/devicelogin"
        self.assertIn("didn't work", self.open(page, {"otc": "WRONGCODE"})[2].replace("&#39;", "'"))
        entered = {"otc": flow["user_code"].lower()}
        self.assertIn("Pick an account", self.open(page, entered)[2])
        entered["user"] = "carol"
        self.assertIn("carol@contoso.example", self.open(page, entered)[2])
        entered["decision"] = "continue"
        self.assertIn("You have signed in", self.open(page, entered)[2])
        result = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
        self.assertIn(f"{AKS}/user.read", result["scope"])
        self.assertEqual(result["id_token_claims"]["name"], "Carol Example")
        (account,) = app.get_accounts()
        again = app.acquire_token_silent([f"{AKS}/.default"], account, force_refresh=True)
        self.assertIn("access_token", again)
        spent = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
        self.assertEqual(spent["error_codes"], [54005])

    def test_a_device_is_declined_or_comes_too_late(self):
        app, flow = self.device()
        said = {"user_code": flow["user_code"], "user": "carol", "approve": False}
        self.sim.control("device-login", said)
        result = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
        self.assertEqual(result["error"], "authorization_declined")
        self.sim.control("device-code", {"expires_in": 0})
        app, flow = self.device()
        flow["expires_at"] = 9999999999
        result = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
        self.assertEqual((result["error"], result["error_codes"]), ("expired_token", [70020]))

    def test_a_confidential_client_cannot_be_a_device(self):
        app, flow = self.device()
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "client_id": self.sim.facts["client_id"],
            "device_code": flow["device_code"],
        }
        token = f"{self.sim.facts['http']}/{self.sim.facts['tenant_id']}/oauth2/v2.0/token"
        status, _, body = self.open(token, form)
        self.assertEqual((status, json.loads(body)["error_codes"]), (401, [7000218]))

    def test_a_code_is_good_once(self):
        client = self.sim.client()
        flow = client.initiate_auth_code_flow([], REDIRECT_URI, login_hint="alice@contoso.example")
        answer = self.authorize(flow)
        self.assertIn("access_token", client.acquire_token_by_auth_code_flow(flow, answer))
        again = client.acquire_token_by_auth_code_flow(flow, answer)
        self.assertEqual((again["error"], again["error_codes"]), ("invalid_grant", [54005]))

    def test_pkce_is_checked(self):
        client = self.sim.client()
        flow = client.initiate_auth_code_flow([], REDIRECT_URI, login_hint="alice@contoso.example")
        answer = self.authorize(flow)
        flow["code_verifier"] = "x" * 43
        wrong = client.acquire_token_by_auth_code_flow(flow, answer)
        self.assertEqual(wrong["error_codes"], [501481])

    def test_the_assertion_is_checked(self):
        for claims, code in [
            ({"iss": "https://other.invalid/"}, 700211),
            ({"sub": "system:serviceaccount:other:other"}, 700213),
            ({"aud": ["api://other"]}, 700212),
            ({"exp": 1}, 700024),
        ]:
            self.sim.control("federated-token", claims)
            result = self.sign_in(self.sim.client())
            self.assertEqual((result["error"], result["error_codes"]), ("invalid_client", [code]))
        self.sim.control("federated-token", {})
        forged = self.sim.federated_token()[:-8] + "AAAAAAAA"
        self.assertEqual(self.sign_in(self.sim.client(forged))["error_codes"], [50013])

    def test_the_application_itself_gets_a_token_for_redis(self):
        client = self.sim.client()
        result = client.acquire_token_for_client(["https://redis.azure.com/.default"])
        self.assertNotIn("refresh_token", result)
        body = result["access_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        self.assertEqual(claims["aud"], "https://redis.azure.com")
        self.assertEqual(claims["oid"], self.sim.facts["service_principal"])
        self.assertEqual((claims["idtyp"], claims.get("upn")), ("app", None))
        for scope, code in [
            ("https://redis.azure.com/read", 1002012),
            ("https://other.invalid/.default", 500011),
        ]:
            result = client.acquire_token_for_client([scope])
            self.assertEqual(result["error_codes"], [code])

    def test_faults_happen_as_often_as_they_are_asked_for(self):
        error = {"error": "invalid_grant", "error_codes": [50076], "suberror": "basic_action"}
        self.sim.control("faults", {"at": "token", "kind": "error", "error": error})
        client = self.sim.client()
        self.assertEqual(self.sign_in(client)["suberror"], "basic_action")
        self.assertIn("access_token", self.sign_in(client))


if __name__ == "__main__":
    unittest.main()
