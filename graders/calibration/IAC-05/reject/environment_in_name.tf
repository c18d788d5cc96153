# why: the environment gets into the name, so the queue is replaced
provider "aws" {
  region = "eu-west-1"
}

variable "environment" {
  type    = string
  default = "production"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs-${var.environment}"
  visibility_timeout_seconds = 30
}
