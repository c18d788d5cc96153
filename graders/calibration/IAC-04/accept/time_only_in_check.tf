# why: the time of the run is only compared, in a check and a precondition; it gets into no resource
provider "aws" {
  region = "eu-west-1"
}

locals {
  certificate_ends = "2093-05-01T00:00:00Z"
}

check "certificate" {
  assert {
    condition     = timecmp(timeadd(plantimestamp(), "720h"), local.certificate_ends) < 0
    error_message = "The certificate ends within 30 days."
  }
}

resource "aws_sns_topic" "alerts" {
  name = "ledger-alerts"
  lifecycle {
    precondition {
      condition     = timecmp(timestamp(), local.certificate_ends) < 0
      error_message = "The certificate has ended."
    }
  }
}
