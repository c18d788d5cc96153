# why: the names are put together now, and come out the same
provider "aws" {
  region = "eu-west-1"
}

variable "service" {
  type    = string
  default = "ledger"
}

locals {
  names = { for kind in ["data", "jobs"] : kind => "${var.service}-${kind}" }
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-${local.names.data}"
}

resource "aws_sqs_queue" "jobs" {
  name                       = local.names["jobs"]
  visibility_timeout_seconds = 30
}
