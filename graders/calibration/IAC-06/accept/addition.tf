# why: only something new beside what is there
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}

resource "aws_sqs_queue" "mails" {
  name                       = "ledger-mails"
  visibility_timeout_seconds = 30
}
