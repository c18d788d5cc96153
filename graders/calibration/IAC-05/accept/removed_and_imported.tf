# why: the old address is forgotten and the same bucket imported under the new one
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
