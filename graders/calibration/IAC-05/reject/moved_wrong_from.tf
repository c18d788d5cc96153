# why: the moved block names an address that never was
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

moved {
  from = aws_s3_bucket.bucket
  to   = aws_s3_bucket.ledger
}
