# why: the bucket is forgotten and imported under its new address; another bucket is new
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "store" {
  for_each = toset(["data", "invoices"])
  bucket   = "acme-ledger-${each.key}"
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
  to = aws_s3_bucket.store["data"]
  id = "acme-ledger-data"
}
