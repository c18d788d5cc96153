# why: the bucket is imported at its new address, where it has another name: it is replaced
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "ledger" {
  bucket = "acme-ledger-documents"
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}

removed {
  from = aws_s3_bucket.data
  lifecycle {
    destroy = false
  }
}

import {
  to = aws_s3_bucket.ledger
  id = "acme-ledger-data"
}
