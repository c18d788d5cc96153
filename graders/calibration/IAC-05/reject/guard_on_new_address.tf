# why: prevent_destroy stands at the new address and protects nothing that was under the old one
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "ledger" {
  bucket = "acme-ledger-data"
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}
