"""Procedures for a leaked credential: right ones in unusual form pass, wrong ones in usual form do not."""

from __future__ import annotations

import pytest

from graders import markdown
from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.secrets import rotates_the_leaked_credential

HEAD = "# Leaked orders-deploy-key\n\nOwner: platform on-call\n\n"
RIGHT = {
    "sibling": "# Incident\n\nOwner: platform on-call\n\n## What leaked\n\nThe key `orders-deploy-key`.\n\n## Procedure\n\n1. Create a new key\n2. Switch consumers\n3. Verify\n4. Revoke the old key\n",
    "paren numbers": HEAD
    + "1) Issue a replacement key\n2) Update the secret\n3) Confirm a deploy\n4) Deactivate the old key\n",
    "roman-ish bold": HEAD
    + "**Step 1 - Issue.** Create a new key.\n\n**Step 2 - Switch.** Update the deploy secret.\n\n**Step 3 - Verify.** Run a deploy.\n\n**Step 4 - Revoke.** Delete the old key.\n",
    "bold words": HEAD
    + "- **First**, create a new key.\n- **Then** update the deploy secret.\n- **Next**, verify with a deploy.\n- **Finally**, revoke the old key.\n",
    "checklist numbers": HEAD
    + "- [ ] 1. Create a new key\n- [ ] 2. Update the deploy secret\n- [ ] 3. Verify a deploy\n- [ ] 4. Revoke the old key\n",
    "clauses": HEAD
    + "First create a new key, then switch the pipeline over, then verify a deployment, and finally revoke the old key.\n",
    "put": HEAD
    + "1. Generate a new access key\n2. Put the new key into the GitHub secret with `gh secret set DEPLOY_KEY`\n3. Run a deployment; it must be green\n4. Deactivate the old key\n",
    "role": HEAD
    + "1. Set up the OIDC role and grant it access\n2. Switch the workflow to the role\n3. Watch one deployment succeed\n4. Set the key to Inactive, then delete it\n",
    "dont": HEAD
    + "Do not revoke the old key first.\n\n1. Create a new key\n2. Roll it out\n3. Verify\n4. Revoke the old key\n",
    "table owner": HEAD
    + "| Step | Who | Action |\n|---|---|---|\n| 1 | platform on-call | Create a new key |\n| 2 | app team | Switch consumers |\n| 3 | app team | Verify |\n| 4 | platform on-call | Revoke the old one |\n",
    "two sections": "# Incidents\n\nOwner: platform on-call\n\n## orders-db-password\n\n1. Revoke the password\n2. Create a new one\n\n## orders-deploy-key\n\n1. Create a new key\n2. Switch consumers\n3. Verify\n4. Revoke the old key\n",
    "letters": HEAD + "a. Create a new key\n\nb. Switch consumers\n\nc. Verify\n\nd. Revoke the old key\n",
    "phases": HEAD
    + "## Phase A: Issue\n\nCreate a new key.\n\n## Phase B: Switch\n\nUpdate the secret.\n\n## Phase C: Verify\n\nRun a deploy.\n\n## Phase D: Revoke\n\nDelete the old key.\n",
    "arrow": HEAD
    + "In this order: issue a new key → switch the consumers → verify a deploy → revoke the old key.\n",
    "after that in step": HEAD
    + "1. Create a new key\n2. Update the secret in the workflow. After that, verify a deploy.\n3. Revoke the old key\n",
    "verify before history": HEAD
    + "1. Create a new key\n2. Update the secret\n3. Verify a deploy works\n4. Only after step 3: revoke the old key\n",
    "nested": HEAD
    + "1. Issue\n   - create a new key\n2. Switch\n   - update the secret\n3. Verify\n   - deploy\n4. Revoke\n   - delete the old key\n",
    "inactive": HEAD
    + "1. Create a new key\n2. Update the secret\n3. Check a deploy\n4. Mark the old key inactive\n",
    "turn off": HEAD
    + "1. Create a new key\n2. Update the secret\n3. Check a deploy\n4. Turn off the old key, then get rid of it\n",
    "steps in numbered headings plain": HEAD
    + "### 1. New key\n\nCreate it in IAM.\n\n### 2. Consumers\n\nUpdate the deploy secret.\n\n### 3. Check\n\nRun a deploy.\n\n### 4. Old key\n\nDelete it.\n",
    "github token sort": "# Runbook\n\nOwner: platform on-call\n\norders-deploy-key leaked.\n\n## Rotating the AWS access key\n\n1. Create a new key\n2. Switch consumers\n3. Verify\n4. Revoke the old key\n",
}
RIGHT["asked for and merged"] = HEAD + (
    "1. Ask the key's owner for a second key; leave the old one alive\n2. `gh secret set DEPLOY_KEY`, then merge the"
    " pull request\n3. Check that a deployment succeeds\n4. The owner revokes the old key\n"
)
WRONG = {
    "revoke in step 2": HEAD
    + "1. Create a new key and delete the old one\n2. Update the secret\n3. Verify\n4. Revoke sessions\n",
    "prose wrong": HEAD
    + "First revoke the old key. Then create a new key. After that update the secret. Finally verify.\n",
    "bullets wrong order": HEAD
    + "In this order:\n\n- revoke the old key\n- create a new key\n- update the secret\n- verify\n",
    "bullets no order": HEAD + "- create a new key\n- update the secret\n- verify\n- revoke the old key\n",
    "not to do": HEAD
    + "What not to do, in this order:\n\n- do not create a new key\n- never update the secret\n- do not verify\n- do not revoke the old key\n",
    "other list mention elsewhere": "# R\n\nOwner: platform on-call\n\n## orders-deploy-key\n\n1. It is orders-deploy-key; ask the team.\n\n## Rotation of the database password\n\n1. Create a new password\n2. Switch service\n3. Verify\n4. Revoke the old one\n",
    "pasted two": "# R\n\nOwner: platform on-call\n\norders-deploy-key is not urgent.\n\n## orders-db-password\n\n1. Create a new password\n2. Switch service\n3. Verify\n4. Revoke the old one\n",
    "delete file": HEAD
    + "1. Create a new branch\n2. Update the workflow\n3. Verify the build\n4. Delete the key from the repository\n",
    "new branch": HEAD
    + "1. Create a new branch\n2. Update the workflow\n3. Verify the build\n4. Delete the old branch\n",
    "ticket": HEAD + "1. Create a ticket\n2. Update the ticket\n3. Check the ticket\n4. Remove the ticket\n",
    "postpone": HEAD
    + "1. Create a new key\n2. Update the secret\n3. Verify\n4. Consider revoking the old key some day if there is time\n",
    "example": HEAD
    + "Example of what others do:\n\n1. Create new docs\n2. Update docs\n3. Check docs\n4. Delete old docs\n",
    "todo": HEAD
    + "1. Create a new key\n2. Update the secret\n3. Verify\n4. Keep the old key; revoking is optional\n",
}


def problems(text: str) -> list[str]:
    artifact = Artifact("docs/leak.md", "markdown", text)
    bundle = Bundle(artifacts=(artifact,), parsed={artifact.path: markdown.parse(artifact)})
    facts = Facts(params={"owner": ["platform on-call"], "credential": "orders-deploy-key"})
    return [violation.message for violation in rotates_the_leaked_credential.check(bundle, facts)]


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_procedure_in_unusual_form(name: str) -> None:
    assert problems(RIGHT[name]) == []


@pytest.mark.parametrize("name", WRONG)
def test_what_only_looks_like_a_procedure(name: str) -> None:
    assert problems(WRONG[name])
