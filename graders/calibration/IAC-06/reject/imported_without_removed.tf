# why: the bucket is imported under its new address, and destroyed from under the old one
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

import {
  to = aws_s3_bucket.ledger
  id = "acme-ledger-data"
}
