# why: another bucket name replaces the bucket
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-store"
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}
