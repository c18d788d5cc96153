# why: the alias for CloudFront holds a bucket too
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "orders/production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_s3_bucket" "exports" {
  bucket = "acme-orders-exports"
}

resource "aws_s3_bucket_versioning" "exports" {
  bucket = aws_s3_bucket.exports.id
  versioning_configuration {
    status = "Enabled"
  }
}

provider "aws" {
  alias  = "global"
  region = "us-east-1"
}

resource "aws_acm_certificate" "cdn" {
  provider          = aws.global
  domain_name       = "shop.example.com"
  validation_method = "DNS"
}

resource "aws_wafv2_web_acl" "cdn" {
  provider = aws.global
  name     = "shop"
  scope    = "CLOUDFRONT"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "shop"
    sampled_requests_enabled   = false
  }
}

resource "aws_cloudfront_distribution" "shop" {
  enabled    = true
  aliases    = ["shop.example.com"]
  web_acl_id = aws_wafv2_web_acl.cdn.arn

  origin {
    origin_id   = "exports"
    domain_name = aws_s3_bucket.exports.bucket_regional_domain_name
  }

  default_cache_behavior {
    target_origin_id       = "exports"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate.cdn.arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

resource "aws_s3_bucket" "logs" {
  provider = aws.global
  bucket   = "acme-orders-cdn-logs"
}
