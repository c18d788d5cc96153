# why: the new name would replace the bucket, and prevent_destroy stops the whole plan
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-documents"
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}
