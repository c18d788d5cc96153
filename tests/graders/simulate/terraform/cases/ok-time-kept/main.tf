provider "aws" {
  region = "eu-west-1"
}

resource "time_static" "made" {}

resource "time_offset" "end" {
  base_rfc3339 = time_static.made.rfc3339
  offset_days  = 30
}

resource "aws_sns_topic" "news" {
  name = "news"
  tags = {
    made = formatdate("YYYY-MM-DD", time_static.made.rfc3339)
    ends = formatdate("YYYY-MM-DD", time_offset.end.rfc3339)
  }
}
