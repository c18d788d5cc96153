# why: zipmap of the names with what they need
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

locals {
  buckets = zipmap(var.teams, [for team in var.teams : "acme-${team}-reports"])
}

resource "aws_s3_bucket" "team" {
  for_each = local.buckets
  bucket   = each.value
}

resource "aws_s3_bucket_versioning" "team" {
  for_each = local.buckets
  bucket   = aws_s3_bucket.team[each.key].id
  versioning_configuration {
    status = "Enabled"
  }
}
