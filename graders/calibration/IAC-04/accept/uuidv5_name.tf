# why: uuidv5 is computed from its arguments, the same each time
provider "aws" {
  region = "eu-west-1"
}

locals {
  id = uuidv5("dns", "ledger.acme.example")
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs-${local.id}"
}
