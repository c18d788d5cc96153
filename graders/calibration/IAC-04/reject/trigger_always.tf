# why: a provisioner that runs in each apply
provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "notify" {
  triggers_replace = [timestamp()]
}
