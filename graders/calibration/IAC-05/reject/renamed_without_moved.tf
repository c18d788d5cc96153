# why: a new address without a moved block: destroyed and made anew
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "ledger" {
  bucket = "acme-ledger-data"
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}
