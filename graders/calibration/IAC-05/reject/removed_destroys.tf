# why: a removed block with destroy = true takes the queue away
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
}

removed {
  from = aws_sqs_queue.jobs
  lifecycle {
    destroy = true
  }
}
